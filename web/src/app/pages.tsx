// SPDX-License-Identifier: AGPL-3.0-only
// Which page the address names. All but the first view are loaded when they are first opened.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type Address, getAddress, isAddress, isHash } from "viem";
import { t } from "../i18n";
import { route } from "../kit/router";
import { Loading } from "../kit/state_boxes";
import { OverviewPage } from "../pages/holder/overview_page";

/** The page of the present route. */
export function Page() {
  const [page, first, kind, second, part] = route.value;
  if (page === "hashprice") {
    const load = async () => {
      const { HashpricePage } = await import("../pages/holder/hashprice_page");
      return <HashpricePage />;
    };
    return <Later key={page} load={load} />;
  }
  if (page === "mine") {
    const load = async () => {
      const { AccountPage } = await import("../pages/holder/account_page");
      return <AccountPage />;
    };
    return <Later key={page} load={load} />;
  }
  if (page === "risks") {
    const load = async () => {
      const { RisksPage } = await import("../pages/holder/risks_page");
      return <RisksPage />;
    };
    return <Later key={page} load={load} />;
  }
  if (page === "buy") {
    const load = async () => {
      const { ShopPage } = await import("../pages/shop/shop_page");
      return <ShopPage />;
    };
    return <Later key={page} load={load} />;
  }
  if (page === "market") {
    const load = async () => {
      const { MarketPage } = await import("../pages/market/market_page");
      return <MarketPage id={first} />;
    };
    return <Later key={`${page} ${first}`} load={load} />;
  }
  if (page === "products") {
    const load = async () => {
      const { ProductsPage } = await import("../pages/products/products_page");
      return <ProductsPage />;
    };
    return <Later key={page} load={load} />;
  }
  if (page === "formulas") {
    const load = async () => {
      const { FormulasPage } = await import("../pages/holder/formulas_page");
      return <FormulasPage id={first} />;
    };
    return <Later key={`${page} ${first}`} load={load} />;
  }
  if (page === "tx" && first !== undefined && isHash(first)) {
    const load = async () => {
      const { TxPage } = await import("../pages/holder/tx_page");
      return <TxPage hash={first} />;
    };
    return <Later key={first} load={load} />;
  }
  if (page === "series" && first !== undefined && isAddress(first)) {
    return seriesPage(getAddress(first), kind, second, part);
  }
  return <OverviewPage />;
}

function seriesPage(address: Address, kind?: string, second?: string, part?: string) {
  if (kind === "day" && second !== undefined && /^\d{1,10}$/.test(second)) {
    const load = async () => {
      const { DayPage } = await import("../pages/holder/day_page");
      return <DayPage address={address} day={BigInt(second)} part={part} />;
    };
    return <Later key={`${address} ${second} ${part}`} load={load} />;
  }
  if (kind === "mine") {
    const load = async () => {
      const { HistoryPage } = await import("../pages/holder/history_page");
      return <HistoryPage address={address} />;
    };
    return <Later key={`${address} mine`} load={load} />;
  }
  const load = async () => {
    const { SeriesPage } = await import("../pages/holder/series_page");
    return <SeriesPage address={address} />;
  };
  return <Later key={address} load={load} />;
}

/** The page's code did not come: the host is away, or has a newer build. */
function Failed() {
  return (
    <p class="empty">
      {t.value.pageMissing}{" "}
      <button type="button" class="quiet" onClick={() => location.reload()}>
        {t.value.retry}
      </button>
    </p>
  );
}

/** A page whose code is on its way. */
function Later({ load }: { load: () => Promise<JSX.Element> }) {
  const [content, setContent] = useState<JSX.Element | undefined>(undefined);
  useEffect(() => {
    load().then(setContent, () => setContent(<Failed />));
  }, []);
  return content === undefined ? <Loading lines={6} /> : content;
}
