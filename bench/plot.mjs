// SPDX-License-Identifier: PostgreSQL
// Draws what things cost against the number of lines: plot.mjs growth.tsv DIR writes load.svg, refresh.svg and query.svg
// into DIR. growth.tsv holds medians of runs: lines, section, name, CPU ms, wall ms. Both axes are logarithmic, so a
// straight rise of one decade a decade is cost in proportion to the lines, and a flat line costs the same at any size.
import { readFileSync, writeFileSync } from 'node:fs'

const [input, folder] = process.argv.slice(2)
const figures = readFileSync(input, 'utf8').split('\n').filter(line => line !== '').map(line => {
    const [lines, section, name, cpu] = line.split('\t')
    return { lines: Number(lines), section, name, seconds: Number(cpu) / 1000 }
}).filter(figure => figure.seconds > 0)

// Colours that stay apart in print and for the colour-blind; dashes tell the second eight.
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000', '#8c564b']
const width = 1040, left = 70, right = 470, top = 44, height = 480, bottom = 50

const escaped = text => text.replace(/&/g, '&amp;').replace(/</g, '&lt;')
const number = value => value >= 1e6 ? `${value / 1e6}M` : value >= 1e3 ? `${value / 1e3}k` : String(value)
const time = value => value >= 1 ? `${value} s` : `${Math.round(value * 1000)} ms`

function plot(file, title, section) {
    const of = figures.filter(figure => figure.section === section)
    if (of.length === 0) return
    const sizes = [...new Set(of.map(figure => figure.lines))].sort((a, b) => a - b)
    const names = [...new Set(of.map(figure => figure.name))]
    const low = 10 ** Math.floor(Math.log10(Math.min(...of.map(figure => figure.seconds))))
    const high = 10 ** Math.ceil(Math.log10(Math.max(...of.map(figure => figure.seconds))))
    const span = Math.max(Math.log10(sizes.at(-1) / sizes[0]), 0.3)
    const x = lines => left + (width - left - right) * Math.log10(lines / sizes[0]) / span
    const y = seconds => height - bottom - (height - top - bottom) * Math.log10(seconds / low) / Math.log10(high / low)
    const out = [`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
        `<rect width="${width}" height="${height}" fill="white"/>`,
        `<text x="${left}" y="22" font-size="15">${escaped(title)}: CPU time against lines of the bill</text>`]
    for (let tick = low; tick <= high * 1.001; tick *= 10)
        out.push(`<line x1="${left}" x2="${width - right}" y1="${y(tick)}" y2="${y(tick)}" stroke="#ddd"/>`,
            `<text x="${left - 8}" y="${y(tick) + 4}" text-anchor="end">${time(Number(tick.toPrecision(3)))}</text>`)
    for (const size of sizes)
        out.push(`<line x1="${x(size)}" x2="${x(size)}" y1="${top}" y2="${height - bottom}" stroke="#eee"/>`,
            `<text x="${x(size)}" y="${height - bottom + 18}" text-anchor="middle">${number(size)}</text>`)
    const series = names.map((name, i) => {
        const points = of.filter(figure => figure.name === name).sort((a, b) => a.lines - b.lines)
        return { name, points, colour: colours[i % colours.length], dashes: i < colours.length ? '' : ' stroke-dasharray="5 3"', last: points.at(-1) }
    })
    // Names stand beside the ends of their lines, pushed apart where these lie close.
    series.sort((a, b) => y(a.last.seconds) - y(b.last.seconds))
    let above = top - 14
    for (const s of series) above = s.at = Math.max(above + 15, y(s.last.seconds))
    let below = height - bottom + 12
    for (const s of [...series].reverse()) below = s.at = Math.min(s.at, below - 15)
    for (const { name, points, colour, dashes, last, at } of series) {
        out.push(`<polyline fill="none" stroke="${colour}" stroke-width="2"${dashes} points="${points.map(p => `${x(p.lines).toFixed(1)},${y(p.seconds).toFixed(1)}`).join(' ')}"/>`)
        for (const p of points) out.push(`<circle cx="${x(p.lines).toFixed(1)}" cy="${y(p.seconds).toFixed(1)}" r="3" fill="${colour}"/>`)
        out.push(`<line x1="${x(last.lines) + 5}" y1="${y(last.seconds).toFixed(1)}" x2="${width - right + 14}" y2="${at.toFixed(1)}" stroke="${colour}" stroke-width="0.5"/>`,
            `<text x="${width - right + 18}" y="${(at + 4).toFixed(1)}" fill="${colour}">${escaped(name)}</text>`)
    }
    out.push('</svg>\n')
    writeFileSync(`${folder}/${file}`, out.join('\n'))
}

plot('load.svg', 'Load of an export', 'load')
plot('refresh.svg', 'Refresh of an attached table', 'refresh')
plot('query.svg', 'Five attributes over four months', 'five')
