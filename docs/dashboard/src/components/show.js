// SPDX-License-Identifier: PostgreSQL
// A page: the month, and a section for each question with its figures or chart, its table, and what its columns mean.
import {draw, drawn, legend} from "./chart.js";
import {currencies, currencyOf, display, heading, inCurrency, month, notStated, sets, unknown} from "./format.js";
import {pages} from "./pages.js";

function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes))
        if (value !== undefined && value !== null) made.setAttribute(key, value);
    made.append(...children.filter((child) => child !== ""));
    return made;
}

export function show(name, data) {
    const {months, questions} = data;
    const asked = new URLSearchParams(location.search).get("month");
    let chosen = months.includes(asked) ? asked : months[0];
    const sections = pages[name].answers.map((spec, i) => section(spec, questions[spec.id], `${name}-${i + 1}`));
    const pick = element("select", {id: "month", name: "month"},
        ...months.map((m) => element("option", {value: m}, month(m))));
    pick.value = chosen;
    // Links to the other pages keep the month.
    const keep = () => {
        for (const link of document.querySelectorAll("#observablehq-header nav a"))
            link.href = `${link.getAttribute("href").split("?")[0]}?month=${chosen}`;
    };
    const fill = () => sections.forEach((s) => s.fill(chosen));
    pick.addEventListener("change", () => {
        chosen = pick.value;
        history.replaceState(null, "", `?month=${chosen}`);
        keep();
        fill();
    });
    const bar = element("form", {class: "bar"},
        ...(months.length ? [element("label", {for: "month"}, "Month"), pick] : []),
        element("p", {}, `What ${data.role} sees in database ${data.database} at ${data.asked_at}.`
            + (months.length ? "" : " It sees no costs.")));
    bar.addEventListener("submit", (event) => event.preventDefault());
    keep();
    const all = element("div", {class: "answers"}, bar, ...sections.map((s) => s.node));
    // Charts have the width of their column.
    let width = 0;
    new ResizeObserver(([entry]) => {
        if (Math.abs(entry.contentRect.width - width) < 1) return;
        width = entry.contentRect.width;
        fill();
    }).observe(all);
    return all;
}

function section(spec, question, id) {
    const body = element("div", {class: "body"});
    const when = element("span", {class: "when"});
    const title = element("h2", {id}, spec.heading);
    const node = element("section", {class: spec.figures ? "answer figures" : "answer", "aria-labelledby": id,
        "data-question": spec.id},
        title, element("p", {class: "question"}, element("span", {class: "id"}, spec.id), ` ${question.question} `, when), body);
    const shownColumns = (spec.figures ? Object.keys(spec.figures) : spec.columns)
        .map((name) => question.columns.find((c) => c.name === name));
    let open = false;

    const fill = (chosen) => {
        const key = question.monthly ? chosen : "now";
        node.dataset.month = key ?? "";
        when.textContent = question.monthly ? (chosen ? month(chosen) : "") : "Not limited to one month";
        const answer = question.answers?.[key] ?? [];
        const rows = Object.entries(spec.where ?? {}).reduce((all, [name, value]) =>
            all.filter((row) => row[name] === value), answer);
        node.dataset.rows = rows.length;
        if (!rows.length) {
            body.replaceChildren(element("p", {class: "empty"}, spec.empty ?? "No rows: there is nothing of this kind."));
            return;
        }
        const each = currencies(rows, question.columns);
        const one = each.length === 1 ? each[0] : undefined;
        body.classList.toggle("beside", Boolean(spec.chart) && spec.columns.length <= 5);
        body.replaceChildren(...(spec.figures ? figures(rows) : [
            ...(spec.chart ? [element("div", {class: "charts"}, ...charts(rows))] : []),
            element("div", {}, ...table(rows, one, each.length > 1, chosen))]),
            meanings());
    };

    const isNumber = (name) => question.numbers.includes(name);

    function figures(rows) {
        return rows.map((row) => element("dl", {},
            ...shownColumns.map((column) => element("div", {},
                element("dt", {}, spec.figures[column.name]),
                element("dd", value(row, column),
                    display(row[column.name], column, isNumber(column.name)),
                    ...(inCurrency(column) && row[column.name] !== null
                        ? [" ", element("span", {class: "currency"}, currencyOf(column, row.currency) ?? notStated)] : []))))));
    }

    // What a cell is, whole: for who points at it, and for who checks it.
    function value(row, column) {
        const whole = row[column.name] ?? null;
        return {"data-column": column.name, "data-row": question.answers[node.dataset.month].indexOf(row),
            "data-value": whole, title: whole ?? "not known, or not applicable",
            class: [isNumber(column.name) ? "number" : /(period|month|_at|_through|_seen|since|_used|day)$/.test(column.name) ? "day" : "",
                whole === null ? "unknown" : ""].filter(Boolean).join(" ") || null};
    }

    // Half of the section where the table stands beside it (style.css).
    function chartWidth() {
        const whole = body.clientWidth || 600;
        return body.classList.contains("beside") && window.matchMedia("(min-width: 1000px)").matches ? (whole - 40) / 2 : whole;
    }

    function charts(rows) {
        const column = question.columns.find((c) => c.name === spec.chart.value);
        const marked = question.columns.find((c) => c.name === spec.chart.mark);
        return sets(rows, column).map(([currency, set]) => {
            const {first, left, without} = drawn(set, spec.chart);
            const what = heading(column, currency, spec.names);
            if (!first.length) return element("p", {class: "empty"}, `${what}: no row has a value to draw.`);
            const unit = inCurrency(column) ? currencyOf(column, currency) ?? notStated : /pct$/.test(column.name) ? "%" : "";
            // What is in another currency is in the table, and on no common axis.
            const foreign = marked && inCurrency(marked) && currencyOf(marked, currency) !== currencyOf(column, currency);
            const chart = foreign ? {...spec.chart, mark: undefined} : spec.chart;
            const name = `${spec.heading}: ${what.toLowerCase().replace(unit.toLowerCase(), unit)}, ${when.textContent} (${spec.id})`;
            const figure = element("figure", {"aria-label": name, "data-marks": first.length, "data-currency": currency});
            const svg = draw(first, chart, {columns: question.columns, unit, width: chartWidth(), name});
            svg.setAttribute("role", "img");
            figure.append(element("figcaption", {}, [what, left ? `the first ${first.length} of ${first.length + left} rows` : "",
                without ? `not drawn, for their value is not known: ${without}` : ""].filter(Boolean).join("; ")),
                legend(first, chart), svg);
            return figure;
        });
    }

    function table(rows, one, several, chosen) {
        const columns = [...shownColumns];
        if (several) columns.push(question.columns.find((c) => c.name === "currency"));
        const limit = 10;
        const first = open ? rows : rows.slice(0, limit);
        const grid = element("table", {},
            element("caption", {class: "away"}, `${spec.heading}, ${when.textContent} (${spec.id})`),
            element("thead", {}, element("tr", {}, ...columns.map((column) =>
                element("th", {scope: "col", class: isNumber(column.name) ? "number" : null}, heading(column, one, spec.names))))),
            element("tbody", {}, ...first.map((row) => element("tr", {}, ...columns.map((column) => {
                const attributes = value(row, column);
                const text = column.name === "currency" && currencies([row], question.columns)[0] === null ? "not stated"
                    : display(row[column.name], column, isNumber(column.name));
                if (/^(status|state|severity)$/.test(column.name) && row[column.name])
                    return element("td", attributes, element("span", {class: `state ${row[column.name].replace(/\W+/g, "-")}`}, text));
                return element("td", attributes, text);
            })))));
        const scroll = element("div", {class: "scroll", role: "region", "aria-label": `Table: ${spec.heading}`}, grid);
        // A table that is wider than the page is moved with the keyboard too.
        new ResizeObserver(() => {
            if (scroll.scrollWidth > scroll.clientWidth) scroll.tabIndex = 0; else scroll.removeAttribute("tabindex");
        }).observe(scroll);
        if (rows.length <= limit) return [scroll];
        const more = element("button", {type: "button", "aria-expanded": open}, open ? `Show the first ${limit} rows`
            : `Show all ${rows.length} rows`);
        more.addEventListener("click", () => {
            open = !open;
            fill(chosen);
            body.querySelector("button").focus();
        });
        return [scroll, more];
    }

    function meanings() {
        return element("details", {}, element("summary", {}, "What the columns mean"),
            element("dl", {}, ...shownColumns.flatMap((column) => [
                element("dt", {}, column.name), element("dd", {}, column.meaning ?? "")])),
            element("p", {}, `${unknown} stands where a value is not known or does not apply, never 0.`));
    }

    return {node, fill};
}
