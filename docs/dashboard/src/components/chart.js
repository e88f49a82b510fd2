// SPDX-License-Identifier: PostgreSQL
// One mark for each row of an answer, or for each of the first of them. Rows of another currency are another chart.
import * as Plot from "@observablehq/plot";
import {decimals, label, month, number, plain} from "./format.js";

const palette = Array.from({length: 8}, (_, i) => `var(--series-${i + 1})`);
const group = (row, chart) => (row[chart.color] === null ? "(not known)" : plain(row[chart.color], chart.color));
// One colour says nothing: it needs no legend.
const groupsOf = (rows, chart) => {
    const groups = chart.color ? [...new Set(rows.map((row) => group(row, chart)))] : [];
    return groups.length > 1 ? groups : [];
};
const short = (text, room) => (text.length > room ? `${text.slice(0, room - 1)}…` : text);

// What is drawn: the rows that have the value, and how many have none.
export function drawn(rows, chart) {
    const known = rows.filter((row) => row[chart.value] !== null);
    const first = chart.type === "bar" ? known.slice(0, 15) : known;
    return {first, left: known.length - first.length, without: rows.length - known.length};
}

export function draw(rows, chart, {columns, width, name, unit}) {
    const column = columns.find((c) => c.name === chart.value);
    const says = (row, field) => `${number(row[field], decimals(column))}${unit ? ` ${unit}` : ""}`;
    const value = (row) => Number(row[chart.value]);
    const mark = (row) => (row[chart.mark] === null ? NaN : Number(row[chart.mark]));
    const groups = groupsOf(rows, chart);
    const fill = groups.length ? (row) => group(row, chart) : () => "";
    const color = {domain: groups.length ? groups : [""], range: palette, legend: false};
    const common = {width, ariaLabel: name, style: {fontSize: "13px", background: "none"}, color};
    const ticks = {tickFormat: (x) => new Intl.NumberFormat("en-US", {notation: "compact"}).format(x)};
    if (chart.type === "bar") {
        // Two rows may have one label: each row has a band of its own.
        const labels = rows.map((row) => label(row, chart.label));
        // As wide as the longest label, and no more than what leaves room for bars.
        const side = Math.min(Math.max(120, ...labels.map((text) => Math.ceil(text.length * 8.4))), Math.floor(width * 0.42));
        const title = (row) => `${label(row, chart.label)}: ${says(row, chart.value)}`;
        const y = (_, i) => i;
        return Plot.plot({
            ...common, height: rows.length * 26 + 44, marginLeft: side, marginRight: 12, marginTop: 4,
            x: {label: null, grid: true, ticks: width < 500 ? 3 : 6, ...ticks},
            y: {label: null, domain: rows.map((_, i) => i), tickSize: 0, padding: 0.25,
                tickFormat: (i) => short(labels[i], Math.floor(side / 8.4))},
            marks: [
                Plot.barX(rows, {x: value, y, fill, title}),
                Plot.ruleX([0], {stroke: "var(--line)"}),
                ...(chart.at === undefined ? [] : [Plot.ruleX([chart.at], {stroke: "var(--ink)", strokeDasharray: "4 3"})]),
                ...(chart.mark ? [Plot.dot(rows, {x: mark, y, r: 4.5, fill: "var(--paper)", stroke: "var(--ink)", strokeWidth: 2,
                    title: (row) => `${label(row, chart.label)}, ${chart.markLabel}: ${says(row, chart.mark)}`})] : [])
            ]
        });
    }
    const title = (row) => `${month(row[chart.x])}${chart.color ? `, ${fill(row)}` : ""}: ${says(row, chart.value)}`;
    const months = [...new Set(rows.map((row) => row[chart.x]))].sort();
    const axes = {height: 280, marginLeft: 52, marginTop: 12, y: {label: null, grid: true, ...ticks}};
    const x = {label: null, tickFormat: (d) => month(d, "short").replace(" ", "\n"), domain: months, tickSize: 0};
    if (chart.type === "line") return Plot.plot({
        ...common, ...axes, x: {...x, type: "point"},
        marks: [
            Plot.ruleY([0], {stroke: "var(--line)"}),
            Plot.line(rows, {x: chart.x, y: value, z: fill, stroke: fill, strokeWidth: 2, sort: chart.x}),
            Plot.dot(rows, {x: chart.x, y: value, fill, r: 4, title})
        ]
    });
    return Plot.plot({
        ...common, ...axes, x: {...x, type: "band", padding: 0.4},
        marks: [
            Plot.barY(rows, {x: chart.x, y: value, fill, title, ...(chart.type === "stack" ? {order: groups} : {})}),
            Plot.ruleY([0], {stroke: "var(--line)"})
        ]
    });
}

// What the colours and marks mean, as text beside samples of them.
export function legend(rows, chart) {
    const entries = [];
    groupsOf(rows, chart).forEach((name, i) => entries.push([palette[i % palette.length], name]));
    if (chart.mark) entries.push(["dot", chart.markLabel]);
    if (chart.at !== undefined) entries.push(["rule", chart.atLabel]);
    const list = document.createElement("ul");
    list.className = "legend";
    for (const [sample, text] of entries) {
        const item = document.createElement("li"), swatch = document.createElement("span");
        swatch.className = `swatch ${sample.startsWith("var") ? "" : sample}`;
        if (sample.startsWith("var")) swatch.style.background = sample;
        swatch.setAttribute("aria-hidden", "true");
        item.append(swatch, text);
        list.append(item);
    }
    return entries.length ? list : "";
}
