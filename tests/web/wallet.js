// SPDX-License-Identifier: AGPL-3.0-only
// Announces wallets as EIP-6963 asks for; what a wallet does, it does in Python.
(wallets) => {
  const providers = {};
  for (const info of wallets) {
    const listeners = {};
    const emit = (event, payload) => {
      for (const listener of [...(listeners[event] ?? [])]) listener(payload);
    };
    const provider = {
      request: async ({ method, params }) => {
        const text = JSON.stringify(params ?? []);
        const answer = JSON.parse(await globalThis.walletRequest(info.uuid, method, text));
        for (const [event, payload] of answer.events) emit(event, payload);
        if (answer.error === undefined) return answer.result;
        throw Object.assign(new Error(answer.error.message), answer.error);
      },
      on: (event, listener) => {
        (listeners[event] ??= new Set()).add(listener);
        return provider;
      },
      removeListener: (event, listener) => {
        listeners[event]?.delete(listener);
        return provider;
      },
    };
    providers[info.uuid] = { emit };
    const detail = Object.freeze({ info: Object.freeze(info), provider });
    const announce = () =>
      globalThis.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
    globalThis.addEventListener("eip6963:requestProvider", announce);
    announce();
  }
  globalThis.walletEmit = (uuid, event, payload) => providers[uuid]?.emit(event, payload);
};
