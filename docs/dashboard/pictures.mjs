// SPDX-License-Identifier: PostgreSQL
// pictures.mjs NPM FOLDER IMAGES: pictures of a dashboard that is built, for README and docs/dashboard.md, small enough to
// stand in a repository. ./run dashboard --pictures runs it.
import {spawn} from "node:child_process";
import {once} from "node:events";
import {mkdirSync, mkdtempSync, rmSync, statSync} from "node:fs";
import {createRequire} from "node:module";
import {tmpdir} from "node:os";
import {join} from "node:path";

const [npm, folder, images] = process.argv.slice(2);
const {chromium} = createRequire(`${npm}/package.json`)("playwright-core");
const server = spawn(process.execPath, [new URL("serve.mjs", import.meta.url).pathname, folder, "0"],
    {stdio: ["ignore", "pipe", "inherit"]});
const profile = mkdtempSync(join(tmpdir(), "bedrock_cost-chromium-"));
let browser;
try {
    const url = String((await once(server.stdout, "data"))[0]).trim();
    browser = await chromium.launchPersistentContext(profile, {executablePath: "/usr/bin/chromium", viewport: {width: 1280, height: 960},
        colorScheme: "light", args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync"]});
    mkdirSync(images, {recursive: true});
    for (const [name, page] of [["overview", ""], ["profiles", "profiles.html"], ["cache", "cache.html"]]) {
        const tab = await browser.newPage();
        await tab.goto(url + page);
        await tab.waitForFunction(() => document.querySelectorAll("figure svg").length > 1);
        const file = join(images, `dashboard-${name}.png`);
        await tab.screenshot({path: file});
        console.log(`${file}: ${Math.ceil(statSync(file).size / 1024)} kB`);
        await tab.close();
    }
} finally {
    await browser?.close();
    server.kill();
    rmSync(profile, {recursive: true, force: true});
}
