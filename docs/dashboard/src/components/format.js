// SPDX-License-Identifier: PostgreSQL
// How a value is displayed. The value itself stays what the database wrote, and is kept in data-value.
export const unknown = "–";

export function decimals({name, unit}) {
    if (unit === "money" || /(^|_)pct$/.test(name)) return 2;
    if (/(^|_)(rate|ratio|threshold|million|per_write|per_unit|1k)($|_)/.test(name)) return 3;
    if (/_price$/.test(name)) return 6;
    return 0;
}

// Amounts, and prices of something, are in a currency: that of the row, or US dollars where the column says so, as
// estimates by the price book do.
export const inCurrency = ({name, unit}) => unit === "money" || /^cost_per_|_price$/.test(name);
export const currencyOf = (column, currency) => (/\bin US dollars\b/.test(column.meaning) ? "USD" : currency);
export const notStated = "(currency not stated)";
const valueOf = (row, {name}) => row[name] ?? null;

// The currencies of rows in these columns, in order. null: there are amounts, and the bill does not state their currency,
// which is then a currency of its own. Where nothing is known, no currency is either.
export function currencies(rows, columns) {
    const amounts = columns.filter((column) => inCurrency(column) && currencyOf(column, null) === null);
    const some = amounts.length ? rows.filter((row) => row.currency || amounts.some((column) => valueOf(row, column) !== null)) : [];
    return [...new Set(some.map((row) => row.currency ?? null))];
}

// [currency, rows] of each chart of a column, whose rows may stand on one axis. A row of which nothing is known is in each.
export function sets(rows, column) {
    const each = currencies(rows, [column]);
    return each.length ? each.map((currency) => [currency, rows.filter((row) => (row.currency ?? null) === currency
        || (!row.currency && valueOf(row, column) === null))]) : [[undefined, rows]];
}

// Numbers are text, which Intl rounds digit by digit, half away from zero.
export function number(text, places) {
    const shown = new Intl.NumberFormat("en-US",
        {minimumFractionDigits: places, maximumFractionDigits: places}).format(text);
    const zero = /^-?[0.,]*$/.test(shown);
    if (zero && /[1-9]/.test(text)) return `${text.startsWith("-") ? "> -" : "< "}${(10 ** -places).toFixed(places)}`;
    return zero ? shown.replace("-", "") : shown;
}

export function month(text, form = "long") {
    return new Intl.DateTimeFormat("en-US", {month: form, year: "numeric", timeZone: "UTC"})
        .format(new Date(`${text.slice(0, 7)}-01T00:00:00Z`));
}

// An ARN without what every ARN of the account begins with; a word of a closed vocabulary without underscores.
const vocabulary = /^(path|profile_kind|kind|token_type|pricing_model|ai_region_type|traffic_class|check|state|method)$/;
export function plain(text, name) {
    return vocabulary.test(name) ? text.replaceAll("_", " ") : text.replace(/^arn:[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:[0-9]*:/, "");
}

export function display(value, column, isNumber) {
    if (value === null || value === undefined || value === "") return unknown;
    if (isNumber) return number(value, decimals(column));
    if (value === "true") return "yes";
    if (value === "false") return "no";
    if (/^(period|month)$/.test(column.name)) return month(value, "short");
    const time = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*\+00:00$/.exec(value);
    return time ? `${time[1]} ${time[2]} UTC` : plain(value, column.name);
}

const said = (text, name) => (name === "chargeable" ? (text === "true" ? "can be" : "cannot be") : plain(text, name));

// As the label of a mark: values of one or several columns.
export function label(row, columns) {
    return [columns].flat().map((name) => said(row[name] ?? "", name)).filter((text, i, all) => text && text !== all[i - 1])
        .join(", ") || "(not known)";
}

// currency: undefined where rows have several, or none has an amount; null where it is not stated.
export function heading(column, currency, names = {}) {
    const {name} = column, of = inCurrency(column) ? currencyOf(column, currency) : undefined;
    const said = of === null ? ` ${notStated}` : of ? `, ${of}` : "";
    if (names[name]) return `${names[name]}${said}`;
    let words = name.replace(/_/g, " ").replace(/\bpct\b/, "").trim() || "share";
    words = words.replace(/^element(\d)$/, "Level $1").replace(/\bper million$/, "per million tokens").replace(/\bcur\b/, "CUR").replace(/\b(5m|1h)\b/, ", $1").replace(/ ,/, ",");
    words = words[0].toUpperCase() + words.slice(1);
    if (/(^|_)pct$/.test(name)) return `${words}, %`;
    return `${words}${said}`;
}
