// SPDX-License-Identifier: PostgreSQL
// Nothing here fetches anything: no search index, no web fonts, no import that is not installed.
import {pages} from "./src/components/pages.js";

const address = (name) => (name === "overview" ? "./index" : `./${name}`);

export default {
    root: "src",
    title: "Amazon Bedrock spend",
    head: '<link rel="icon" href="data:,">',
    style: "style.css",
    globalStylesheets: [],
    preserveExtension: true,
    search: false,
    sidebar: false,
    toc: false,
    pager: false,
    pages: Object.entries(pages).map(([name, {title}]) => ({name: title, path: address(name).slice(1)})),
    header: ({title, path}) => `<a class="skip" href="#${title.toLowerCase().replace(/[^a-z0-9]+/g, "-")}">Skip to the figures</a>
<p class="product">Amazon Bedrock spend</p>
<nav aria-label="Pages"><ul>${Object.entries(pages).map(([name, {title}]) =>
        `<li><a href="${address(name)}"${path.replace(/\.html$/, "") === address(name).slice(1) ? ' aria-current="page"' : ""}>${title}</a></li>`
    ).join("")}</ul></nav>`,
    footer: "Every figure is an answer of the question catalogue, named above it: "
        + "<code>SELECT * FROM bedrock.answer('Q001')</code> gives the same rows. Figures are rounded for display only."
};
