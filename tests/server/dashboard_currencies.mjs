// SPDX-License-Identifier: PostgreSQL
// Which amounts the dashboard puts on one axis and under one heading: those of one currency, of which "not stated" is one.
import assert from "node:assert/strict";
import {currencies, heading, sets} from "../../docs/dashboard/src/components/format.js";

const cost = {name: "billed_cost", unit: "money", meaning: "cost, in currency"};
const estimate = {name: "estimate", unit: "money", meaning: "at the price book, in US dollars; NULL: no price"};
const share = {name: "share_pct"};
const columns = [cost, estimate, share, {name: "currency"}];
const row = (billed_cost, currency, more) => ({billed_cost, currency, ...more});
const usd = row("1", "USD"), eur = row("2", "EUR"), none = row("3", null), zero = row("0", null), nothing = row(null, null);
const logged = row(null, null, {estimate: "4", share_pct: "5"});

// What is not stated is a currency as soon as there is an amount in it, and only then.
for (const [rows, expected] of [[[usd], ["USD"]], [[usd, none], ["USD", null]], [[none, eur, usd, none], [null, "EUR", "USD"]],
    [[none, zero], [null]], [[usd, zero], ["USD", null]], [[usd, nothing, logged], ["USD"]], [[nothing, logged], []], [[], []]])
    assert.deepEqual(currencies(rows, columns), expected);
assert.equal(heading(cost, "USD"), "Billed cost, USD");
assert.equal(heading(cost, null), "Billed cost (currency not stated)");
assert.equal(heading(cost, null, {billed_cost: "Usage"}), "Usage (currency not stated)");
assert.equal(heading(cost, undefined), "Billed cost");
for (const currency of ["EUR", null, undefined]) assert.equal(heading(estimate, currency), "Estimate, USD");
assert.equal(heading(share, null), "Share, %");

// Amounts and prices: an axis for each currency. Of a row that no axis has, it is said on each that its value is not known.
const rows = [usd, none, eur, nothing, zero, row("6", "USD"), row(null, "EUR")];
const [of, without] = [(set) => set.filter((r) => r.billed_cost !== null), (set) => set.filter((r) => r.billed_cost === null)];
const drawn = sets(rows, cost);
assert.deepEqual(drawn.map(([currency, set]) => [currency, of(set).map((r) => r.billed_cost)]),
    [["USD", ["1", "6"]], [null, ["3", "0"]], ["EUR", ["2"]]]);
assert.deepEqual(drawn.map(([, set]) => without(set).length), [1, 1, 2]);
assert.deepEqual(sets([nothing], cost), [[undefined, [nothing]]]);
for (const name of ["cost_per_million", "cost_per_1k", "cost_per_unit", "unit_price", "billed_price", "book_price"]) {
    const prices = rows.map(({billed_cost, currency}) => ({[name]: billed_cost, currency}));
    assert.deepEqual(sets(prices, {name}).map(([currency]) => currency), ["USD", null, "EUR"], name);
}
// Of no currency, or of one whatever the bill has: one axis.
assert.deepEqual(sets(rows, estimate), [[undefined, rows]]);
assert.deepEqual(sets(rows, share), [[undefined, rows]]);
console.log("ok: two currencies meet nowhere, and one that is not stated is none of the others");
