// SPDX-License-Identifier: AGPL-3.0-only
import { useSignalEffect } from "@preact/signals";
import { nodeState, session } from "../chain/session";
import { t } from "../i18n";
import { href, route } from "../kit/router";
import { WalletMenu } from "../kit/wallet_menu";
import { ActivityPanel } from "./activity_panel";
import { Banners } from "./banners";
import { Page } from "./pages";
import { LanguageSwitch, SettingsMenu, ThemeSwitch } from "./settings_dialog";

export function App() {
  useSignalEffect(() => {
    document.title = t.value.title;
  });
  return (
    <>
      <button type="button" class="skip" onClick={skip}>
        {t.value.skip}
      </button>
      <Header />
      <main id="main" class="container" tabIndex={-1}>
        <Banners />
        {nodeState.value !== "other-chain" && <Page />}
      </main>
      <ActivityPanel />
      <Footer />
    </>
  );
}

/** A link would change the fragment, which is the route. */
function skip(): void {
  document.getElementById("main")?.focus();
}

function Header() {
  const page = route.value[0] ?? "overview";
  const { offering, spot, tranches, funds, forwards } = session.value?.deployment ?? {};
  const pages = [
    ["overview", href(), t.value.nav.overview],
    ["mine", href("mine"), t.value.nav.mine],
    ...(offering === undefined && spot === undefined
      ? []
      : [["buy", href("buy"), t.value.nav.buy] as const]),
    ...(tranches === undefined && funds === undefined
      ? []
      : [["products", href("products"), t.value.nav.products] as const]),
    ...(forwards === undefined ? [] : [["market", href("market"), t.value.nav.market] as const]),
    ["hashprice", href("hashprice"), t.value.nav.hashprice],
    ["risks", href("risks"), t.value.nav.risks],
    ["formulas", href("formulas"), t.value.nav.formulas],
  ] as const;
  return (
    <header class="container top">
      <a class="brand" href={href()} aria-label={t.value.title}>
        <img src="./icon.svg" alt="" width="28" height="28" />
        <span>{t.value.title}</span>
      </a>
      <nav aria-label={t.value.nav.label}>
        {pages.map(([id, to, text]) => (
          <a key={id} href={to} aria-current={page === id ? "page" : undefined}>
            {text}
          </a>
        ))}
      </nav>
      <div class="tools">
        <LanguageSwitch />
        <ThemeSwitch />
        <SettingsMenu />
        <WalletMenu />
      </div>
    </header>
  );
}

function Footer() {
  return (
    <footer class="container">
      <p>
        <strong>{t.value.footer.unaudited}</strong> <a href={href("risks")}>{t.value.nav.risks}</a>
      </p>
      <p>{t.value.footer.note}</p>
      <p> {t.value.footer.source}</p>
    </footer>
  );
}
