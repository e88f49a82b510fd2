// SPDX-License-Identifier: PostgreSQL
// Chooses the hours, splits each workload's money into token counts, and closes the last fraction of a cent.

#include "schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <unordered_set>

#include "random.hpp"

namespace bedrock_bill {
namespace {

constexpr Pico fine_rate = 30'000'000;  // dearest token price; what costs more per step is left as it fell

/// How busy an hour is, in UTC.
int busyness(Pattern pattern, Hour hour)
{
    const int h = static_cast<int>(hour % 24);
    const bool weekend = weekday(hour / 24) >= 5;
    const auto office = [&](int first, int last) {
        if (weekend) return h >= first && h <= last ? 3 : 1;
        if (h < first - 1 || h > last + 1) return 1;
        return h == first + 3 || h == first + 7 ? 30 : 22;
    };
    switch (pattern) {
        case Pattern::office_us:
            return office(13, 22);
        case Pattern::office_eu:
            return office(7, 16);
        case Pattern::office_jp:
            return office(1, 9);
        case Pattern::nightly:
            return h >= 1 && h <= 5 ? 30 : 0;
        case Pattern::always:
            return (h >= 8 && h <= 20 ? 14 : 8) - (weekend ? 3 : 0);
    }
    return 0;
}

std::string principal_arn(int account, const Caller &caller, Hour hour)
{
    const std::string_view id = accounts[static_cast<std::size_t>(account)].id;
    const std::int64_t day = hour / 24;
    const auto assumed = [&](std::string_view session) {
        return fmt::format("arn:aws:sts::{}:assumed-role/{}/{}", id, caller.text, session);
    };
    switch (caller.session) {
        case Session::none:
            if (caller.text.empty()) return "";
            return fmt::format("arn:aws:{}::{}:{}", caller.text.starts_with("federated-user/") ? "sts" : "iam", id,
                               caller.text);
        case Session::fixed:
            return fmt::format("arn:aws:sts::{}:assumed-role/{}", id, caller.text);
        case Session::task:
            return assumed(opaque(fmt::format("{} {}", caller.text, day), 32, hex_digits));
        case Session::instance:
            return assumed("i-0" + opaque(fmt::format("{} {}", caller.text, day / 7), 16, hex_digits));
        case Session::scheduled:
            return assumed("nightly-" + compact_date(hour));
    }
    return "";
}

/// A line whose quantity may still move.
struct Row {
    std::size_t line;
    Pico rate;
    int stream;
    Kind kind;
};

/// A change that can be made a whole number of times: so many steps of quantity on some rows.
struct Move {
    Pico gain = 0;
    std::vector<std::pair<std::size_t, std::int64_t>> steps;  // row, quantity
};

struct Euclid {
    Wide gcd, x, y;
};

Euclid euclid(Wide a, Wide b)
{
    if (b == 0) return {a, 1, 0};
    const Euclid e = euclid(b, a % b);
    return {e.gcd, e.y, e.x - a / b * e.y};
}

/// Whole numbers (a, b) with a*first + b*second = rest and a as small as it can be.
std::optional<std::pair<Wide, Wide>> solve_two(Wide first, Wide second, Wide rest)
{
    const Euclid e = euclid(first, second);
    if (rest % e.gcd != 0) return std::nullopt;
    const Wide modulus = second / e.gcd;
    Wide a = (rest / e.gcd % modulus) * (e.x % modulus) % modulus;
    if (a > modulus / 2) a -= modulus;
    if (a < -modulus / 2) a += modulus;
    return std::pair{a, (rest - a * first) / second};
}

class Scheduler {
  public:
    Scheduler(const Company &company, Ledger &ledger) : company_(company), ledger_(ledger) {}

    void run()
    {
        for (int period = 0; period < period_count; ++period)
            for (std::size_t w = 0; w < company_.workloads.size(); ++w) {
                const Workload &workload = company_.workloads[w];
                workload_ = static_cast<int>(w);
                period_ = period;
                if (workload.per_day == 0) {
                    group(workload, periods[period].begin, periods[period].end,
                          cents(workload.target[static_cast<std::size_t>(period)]));
                    continue;
                }
                for (const Hour day : workload.days)
                    if (day >= periods[period].begin && day < periods[period].end)
                        group(workload, day, day + 24, cents(workload.per_day));
            }
    }

  private:
    struct Cell {
        Hour hour;
        std::size_t caller;
        std::int64_t weight;
    };

    /// One sum that must come out exactly: a workload in a period, or on a day.
    void group(const Workload &workload, Hour begin, Hour end, Pico target)
    {
        if (target == 0) return;
        rows_.clear();
        begin_ = begin;
        end_ = end;
        Pico open = target;
        blocked_.clear();
        for (const Literal &literal : workload.literals)
            if (literal.hour >= begin && literal.hour < end) {
                blocked_.push_back(literal.hour);
                open -= emit_literal(literal);
            }
        Pico shares = 0;
        for (const Stream &stream : workload.streams) {
            if (stream.fixed != 0)
                open -= emit_fixed(stream);
            else if (window(stream) > 0)
                shares += share_of(workload, stream, begin);
        }
        if (open <= 0) throw std::logic_error(fmt::format("{}: standing charges exceed the target", workload.key));
        for (std::size_t s = 0; s < workload.streams.size(); ++s) {
            const Stream &stream = workload.streams[s];
            if (stream.fixed == 0 && window(stream) > 0)
                emit(workload, static_cast<int>(s),
                     static_cast<Pico>(static_cast<Wide>(open) * share_of(workload, stream, begin) / shares));
        }
        rescale(open, [](const Row &) { return true; });
        for (int pass = 0; pass < 2; ++pass) rescale(open, [](const Row &row) { return row.rate <= fine_rate; });
        if (workload.key == "hr-portal" && period_ == september)
            shape_hr_portal(open);
        else
            close(workload, open, single_moves());
        settle();
    }

    /// Engineers do not work the same amount each day; a product's split is steady.
    std::int64_t share_of(const Workload &workload, const Stream &stream, Hour begin) const
    {
        if (workload.per_day == 0) return stream.share * 100;
        Random random(fmt::format("share {} {}", stream.resource, begin));
        return stream.share * random.between(75, 125);
    }

    Hour window(const Stream &stream) const
    {
        return std::max<Hour>(0, std::min(stream.to, end_) - std::max(stream.from, begin_));
    }

    // The bill named no caller before 1 July, when the export option was switched on.
    std::vector<Caller> callers_of(const Stream &stream) const
    {
        return period_ == june ? std::vector<Caller>{Caller{}} : stream.callers;
    }

    std::vector<std::pair<int, int>> meters_of(const Stream &stream)
    {
        std::vector<std::pair<int, int>> meters;  // SKU, ratio
        if (stream.model.empty()) {
            for (const Part &part : stream.parts)
                meters.emplace_back(ledger_.catalogue.meter(part.meter, stream.region), part.ratio);
            return meters;
        }
        for (int k = 0; k < token_kinds; ++k) {
            if (stream.mix[static_cast<std::size_t>(k)] == 0) continue;
            const int sku =
                ledger_.catalogue.token({stream.model, stream.region, stream.scope, stream.tier, static_cast<Kind>(k)});
            if (sku >= 0) meters.emplace_back(sku, stream.mix[static_cast<std::size_t>(k)]);
        }
        return meters;
    }

    std::uint64_t cell_key(const Stream &stream, const Caller &caller, Hour hour, int sku) const
    {
        const std::string who = principal_arn(stream.account, caller, hour);
        return hash_of(fmt::format("{}|{}|{}|{}|{}", hour, stream.account, sku, stream.resource, who));
    }

    /// AWS adds up what falls into one hour under one key; no two streams may claim the same one.
    std::vector<Cell> choose_cells(const Stream &stream, std::size_t wanted, int first_sku, Random &random)
    {
        const std::vector<Caller> callers = callers_of(stream);
        std::vector<Cell> cells;
        std::vector<std::pair<std::uint64_t, std::size_t>> order;
        for (Hour hour = std::max(stream.from, begin_); hour < std::min(stream.to, end_); ++hour) {
            if (std::find(blocked_.begin(), blocked_.end(), hour) != blocked_.end()) continue;
            const int busy = busyness(stream.pattern, hour);
            if (busy == 0) continue;
            for (std::size_t c = 0; c < callers.size(); ++c) {
                const std::int64_t weight = busy * callers[c].weight;
                const std::uint64_t draw = (random.next() >> 11) / static_cast<std::uint64_t>(weight);
                if (used_.contains(cell_key(stream, callers[c], hour, first_sku))) continue;
                order.emplace_back(draw, cells.size());
                cells.push_back({hour, c, weight});
            }
        }
        wanted = std::clamp<std::size_t>(wanted, 1, order.size());
        std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(wanted - 1), order.end());
        order.resize(wanted);
        std::vector<Cell> chosen;
        for (const auto &[draw, at] : order) chosen.push_back(cells[at]);
        std::sort(chosen.begin(), chosen.end(), [](const Cell &a, const Cell &b) {
            return a.hour != b.hour ? a.hour < b.hour : a.caller < b.caller;
        });
        for (const Cell &cell : chosen) used_.insert(cell_key(stream, callers[cell.caller], cell.hour, first_sku));
        return chosen;
    }

    std::size_t slots_of(const Workload &workload, const Stream &stream) const
    {
        if (workload.per_day != 0) return static_cast<std::size_t>(stream.slots);
        constexpr std::array<std::int64_t, period_count> growth = {72, 84, 94, 100};  // traffic grows with the money
        std::int64_t slots = stream.slots * growth[static_cast<std::size_t>(period_)] / 100;
        slots = slots * window(stream) / (end_ - begin_);
        const std::int64_t most = *std::max_element(workload.target.begin(), workload.target.end());
        const std::int64_t part = workload.target[static_cast<std::size_t>(period_)] * 100 / most;
        if (part < 40) slots = slots * std::max<std::int64_t>(part * 2, 15) / 100;
        return static_cast<std::size_t>(std::max<std::int64_t>(slots, 2));
    }

    std::size_t add_line(const Stream &stream, const Caller &caller, Hour hour, int sku, std::int64_t quantity)
    {
        Line line;
        line.period = period_;
        line.start = hour;
        line.end = hour + 1;
        line.account = stream.account;
        line.sku = sku;
        line.workload = workload_;
        line.resource = ledger_.texts.add(stream.resource);
        line.principal = ledger_.texts.add(principal_arn(stream.account, caller, hour));
        line.operation = ledger_.texts.add(stream.fixed != 0 ? "Usage" : stream.operation);
        line.tags = line_tags(ledger_, period_, stream.account, stream.tags, caller.tags);
        line.quantity = quantity;
        line.cost = quantity * ledger_.catalogue[sku].rate;
        ledger_.lines.push_back(line);
        return ledger_.lines.size() - 1;
    }

    void emit(const Workload &workload, int index, Pico money)
    {
        const Stream &stream = workload.streams[static_cast<std::size_t>(index)];
        const auto meters = meters_of(stream);
        const std::vector<Caller> callers = callers_of(stream);
        Random random(fmt::format("{} {} {} {}", workload.key, index, period_, begin_));
        auto cells = choose_cells(stream, slots_of(workload, stream), meters.front().first, random);
        Wide total = 0, price = 0;
        for (Cell &cell : cells) total += cell.weight *= random.between(40, 160);
        for (const auto &[sku, ratio] : meters) price += static_cast<Wide>(ratio) * ledger_.catalogue[sku].rate;
        for (const Cell &cell : cells)
            for (const auto &[sku, ratio] : meters) {
                const Wide share = static_cast<Wide>(money) * cell.weight * ratio / (total * price);
                const auto quantity = static_cast<std::int64_t>(share * random.between(88, 112) / 100);
                if (quantity == 0) continue;
                const std::size_t line = add_line(stream, callers[cell.caller], cell.hour, sku, quantity);
                rows_.push_back({line, ledger_.catalogue[sku].rate, index, ledger_.catalogue[sku].kind});
            }
    }

    Pico emit_fixed(const Stream &stream)
    {
        Pico cost = 0;
        for (Hour hour = std::max(stream.from, begin_); hour < std::min(stream.to, end_); ++hour)
            for (const auto &[sku, ratio] : meters_of(stream)) {
                const std::size_t line = add_line(stream, callers_of(stream).front(), hour, sku, stream.fixed * ratio);
                cost += ledger_.lines[line].cost;
            }
        return cost;
    }

    Pico emit_literal(const Literal &literal)
    {
        const Stream &stream = literal.stream;
        const int sku =
            stream.model.empty()
                ? ledger_.catalogue.meter(literal.meter, stream.region)
                : ledger_.catalogue.token({stream.model, stream.region, stream.scope, stream.tier, literal.kind});
        const std::size_t line = add_line(stream, stream.callers.front(), literal.hour, sku, literal.quantity);
        ledger_.lines[line].cost = literal.cost;
        return literal.cost;
    }

    std::int64_t &quantity(const Row &row) { return ledger_.lines[row.line].quantity; }

    Pico spent()
    {
        Pico sum = 0;
        for (const Row &row : rows_) sum += quantity(row) * row.rate;
        return sum;
    }

    void rescale(Pico open, const std::function<bool(const Row &)> &movable)
    {
        Wide moving = 0, standing = 0;
        for (const Row &row : rows_) (movable(row) ? moving : standing) += static_cast<Wide>(quantity(row)) * row.rate;
        if (moving == 0) return;
        for (const Row &row : rows_)
            if (movable(row))
                quantity(row) =
                    std::max<std::int64_t>(1, static_cast<std::int64_t>(quantity(row) * (open - standing) / moving));
    }

    /// For every price, the row that can give or take most.
    std::vector<Move> single_moves()
    {
        std::vector<Move> moves;
        for (std::size_t r = 0; r < rows_.size(); ++r) {
            if (rows_[r].rate == 0 || rows_[r].rate > fine_rate) continue;
            const auto same =
                std::find_if(moves.begin(), moves.end(), [&](const Move &m) { return m.gain == rows_[r].rate; });
            if (same == moves.end())
                moves.push_back({rows_[r].rate, {{r, 1}}});
            else if (quantity(rows_[same->steps.front().first]) < quantity(rows_[r]))
                same->steps.front().first = r;
        }
        return moves;
    }

    void apply(const Move &move, Wide times)
    {
        for (const auto &[row, steps] : move.steps) quantity(rows_[row]) += static_cast<std::int64_t>(times) * steps;
    }

    bool possible(const Move &move, Wide times)
    {
        return std::all_of(move.steps.begin(), move.steps.end(),
                           [&](const auto &step) { return quantity(rows_[step.first]) + times * step.second > 0; });
    }

    /// Brings the group to its exact sum with the fewest and smallest moves.
    void close(const Workload &workload, Pico open, const std::vector<Move> &moves)
    {
        const Wide rest = static_cast<Wide>(open) - spent();
        if (rest == 0) return;
        struct Plan {
            Wide cost;
            std::vector<std::pair<const Move *, Wide>> steps;
        };
        std::optional<Plan> best;
        const auto consider = [&](std::vector<std::pair<const Move *, Wide>> steps) {
            Wide cost = 0;
            for (const auto &[move, times] : steps) {
                if (!possible(*move, times)) return;
                cost += (times < 0 ? -times : times) * move->gain;
            }
            if (!best || cost < best->cost) best = Plan{cost, std::move(steps)};
        };
        for (const Move &first : moves) {
            if (rest % first.gain == 0) consider({{&first, rest / first.gain}});
            for (const Move &second : moves)
                if (&first != &second)
                    if (const auto two = solve_two(first.gain, second.gain, rest))
                        consider({{&first, two->first}, {&second, two->second}});
        }
        for (const Move &third : moves) {
            if (best) break;
            for (const Move &first : moves)
                for (const Move &second : moves)
                    for (Wide times = 1; times <= 64 && &first != &second; ++times)
                        if (const auto two = solve_two(first.gain, second.gain, rest - times * third.gain))
                            consider({{&third, times}, {&first, two->first}, {&second, two->second}});
        }
        if (!best)
            throw std::logic_error(fmt::format("{} {}: no way to close {} picodollars", workload.key,
                                               periods[static_cast<std::size_t>(period_)].label, decimal(rest, 0)));
        for (const auto &[move, times] : best->steps) apply(*move, times);
        if (spent() != open) throw std::logic_error(fmt::format("{}: not exact", workload.key));
    }

    /// In September the portal's output is a round number and 18 of 100 input tokens come from the cache.
    void shape_hr_portal(Pico open)
    {
        const auto scale = [&](Wide from, Wide to, const auto &chosen) {
            for (const Row &row : rows_)
                if (chosen(row.kind)) quantity(row) = static_cast<std::int64_t>(quantity(row) * to / from);
        };
        const auto total = [&](const auto &chosen) {
            Wide tokens = 0;
            for (const Row &row : rows_)
                if (chosen(row.kind)) tokens += quantity(row);
            return tokens;
        };
        const auto output = [](Kind k) { return k == Kind::output; };
        const auto read = [](Kind k) { return k == Kind::cache_read; };
        const auto sent = [](Kind k) { return k != Kind::output && k != Kind::cache_read; };
        const auto largest = [&](Kind kind, Pico rate) {
            std::size_t best = rows_.size();
            for (std::size_t r = 0; r < rows_.size(); ++r)
                if (rows_[r].kind == kind && (rate == 0 || rows_[r].rate == rate) &&
                    (best == rows_.size() || quantity(rows_[best]) < quantity(rows_[r])))
                    best = r;
            return best;
        };

        scale(total(output), hr_output_tokens, output);
        quantity(rows_[largest(Kind::output, 0)]) += static_cast<std::int64_t>(hr_output_tokens - total(output));
        scale(total(read), total(sent) * 9 / 41, read);  // 18 of 100 = 9 beside 41
        Wide priced = 0, output_cost = 0;
        for (const Row &row : rows_)
            (output(row.kind) ? output_cost : priced) += static_cast<Wide>(quantity(row)) * row.rate;
        scale(priced, open - output_cost, [&](Kind k) { return !output(k); });
        const std::size_t input = largest(Kind::input, 0), cache = largest(Kind::cache_read, 0);
        quantity(rows_[input]) += static_cast<std::int64_t>(41 - total(sent) % 41);
        quantity(rows_[cache]) += static_cast<std::int64_t>(total(sent) / 41 * 9 - total(read));

        // Every move keeps both conditions: blocks of 41 sent and 9 read tokens, or the same tokens at another price.
        std::vector<Move> moves;
        for (const Pico rate : {1.00_mtok, 1.10_mtok, 3.30_mtok}) {
            const std::size_t in = largest(Kind::input, rate), hit = largest(Kind::cache_read, rate / 10);
            moves.push_back({41 * rate + 9 * (rate / 10), {{in, 41}, {hit, 9}}});
        }
        const std::size_t dear = largest(Kind::input, 3.30_mtok), cheap = largest(Kind::input, 1.00_mtok);
        moves.push_back({2.30_mtok, {{dear, 1}, {cheap, -1}}});
        const std::size_t dear_hit = largest(Kind::cache_read, 0.33_mtok),
                          cheap_hit = largest(Kind::cache_read, 0.10_mtok);
        moves.push_back({0.23_mtok, {{dear_hit, 1}, {cheap_hit, -1}}});
        close(company_.workloads[static_cast<std::size_t>(workload_)], open, moves);
    }

    void settle()
    {
        for (const Row &row : rows_) ledger_.lines[row.line].cost = quantity(row) * row.rate;
    }

    const Company &company_;
    Ledger &ledger_;
    std::vector<Row> rows_;
    std::vector<Hour> blocked_;
    std::unordered_set<std::uint64_t> used_;
    int workload_ = 0;
    int period_ = 0;
    Hour begin_ = 0;
    Hour end_ = 0;
};

}  // namespace

std::uint32_t line_tags(Ledger &ledger, int period, int account, const Tags &resource, const Tags &caller)
{
    Tags tags = accounts[static_cast<std::size_t>(account)].tags;
    for (const auto &tag : resource)
        // The migration tag is counted from the programme's first day; AWS does not date tags back by itself.
        if (tag.first != "resourceTags/map-migrated" || periods[static_cast<std::size_t>(period)].begin >= map_start)
            tags.push_back(tag);
    if (period != june) tags.insert(tags.end(), caller.begin(), caller.end());
    return ledger.tag_sets.add(std::move(tags));
}

void schedule(const Company &company, Ledger &ledger)
{
    Scheduler(company, ledger).run();
}

}  // namespace bedrock_bill
