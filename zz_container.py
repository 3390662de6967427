import os, subprocess, sys
from pathlib import Path
from hashrate.history import open_source
from testing.oracle import OracleConfig
from testing.oracle_world import OracleWorld
from testing.daemon_process import DaemonProcess, toml
source = open_source("simulated:1"); first = source.first_day
world = OracleWorld(OracleConfig(first, source.observe(first).facts.first_height))
folder = Path("/work/tmp/rep_cfg"); 
p = DaemonProcess(world, folder, 0, days="simulated:1", journal="/var/lib/hashrate-oracle/journal.sqlite3", max_failures=3)
p.config.write_text(toml(p.settings))
world.finish_day(first)
subprocess.run(["chown","-R","10001:10001",str(folder)])
env={**os.environ,"CONTAINERS_STORAGE_CONF":"/work/tmp/rep_storage.conf","STORAGE_DRIVER":"vfs","BUILDAH_ISOLATION":"chroot"}
c = sys.argv[1]
base=["buildah","run","--network","host","-v",f"{folder}:/etc/hashrate-oracle:ro",c,"--",".venv/bin/python","-m","oracles"]
for cmd in (["check"],["once"]):
    d=subprocess.run([*base,*cmd,"--config","/etc/hashrate-oracle/settings.toml"],env=env,capture_output=True,text=True)
    print(cmd,d.returncode,d.stdout[-1500:],d.stderr[-1500:])
import time, signal, httpx2
pr=subprocess.Popen([*base,"run","--config","/etc/hashrate-oracle/settings.toml"],env=env)
for _ in range(120):
    time.sleep(1)
    try:
        r=httpx2.get(f"http://127.0.0.1:{p.operator_port}/healthz",trust_env=False); print("healthz",r.status_code,r.text[:200]); break
    except Exception as e: pass
pr.send_signal(signal.SIGTERM); print("exit",pr.wait(60))
world.close()
