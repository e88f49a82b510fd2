// SPDX-License-Identifier: PostgreSQL
// Threads that read files, each into a table of its own; the last one to end puts the tables together.
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <limits>
#include <new>
#include <utility>

#include "compaction.hpp"
#include "moment.hpp"

namespace bedrock_cost {

// Takes over the groups of another worker.
bool Worker::merge(const Plan &plan, Worker &other, const std::atomic<bool> &stop) noexcept
{
    fault = ReadFault{};
    Row<std::uint32_t> combinations{}, periods{}, patterns{};
    const auto translate = [&](const Interner &from, Interner &to, Row<std::uint32_t> &numbers) {
        for (std::size_t i = 0; i < from.entries.count; ++i) {
            const std::uint32_t number = to.add(from.entries[i].text, from.entries[i].hash);
            if (number == Interner::none || !numbers.add(number)) return false;
        }
        return true;
    };
    bool merged = translate(other.table.combinations, table.combinations, combinations) &&
                  translate(other.table.periods, table.periods, periods) &&
                  translate(other.table.patterns, table.patterns, patterns);
    if (!merged) fail(ReadFaultKind::out_of_memory);
    const Groups &from = other.table.groups;
    for (std::size_t i = 0; merged && i < from.numbers.count; ++i) {
        if (i % 4096 == 0 && stop.load(std::memory_order_relaxed)) break;
        Group &group = *from.at(from.numbers[i]);
        const GroupKey to_key = {combinations[group.key.combination], periods[group.key.period],
                                 patterns[group.key.pattern]};
        const Pattern pattern = table.pattern(to_key.pattern);
        const std::uint64_t hash = to_key.hash(table.seed);
        Group *to = table.groups.find(to_key, hash);
        if (to == nullptr) to = table.groups.add(to_key, hash, pattern, table.seed);
        if (to == nullptr) {
            merged = fail(ReadFaultKind::out_of_memory);
            break;
        }
        const auto nonzero = static_cast<std::size_t>(std::popcount(pattern.nonzero));
        const auto present = static_cast<std::size_t>(std::popcount(pattern.present));
        const int full = add_amounts(*to, nonzero, present, group.lines, group.sums(), group.decimals(nonzero));
        if (full < 0) continue;
        merged = fail(ReadFaultKind::sum_out_of_range, plan.column_of_sum(pattern, full));
    }
    combinations.release();
    periods.release();
    patterns.release();
    return merged;
}

namespace {

// Puts all tables together in the first one, and frees what is not needed any more.
void finish(Compaction &compaction) noexcept
{
    // The largest table takes the others in.
    Worker *const workers = compaction.workers;
    for (std::uint32_t i = 1; i < compaction.threads; ++i)
        if (workers[i].table.groups.numbers.count > workers[0].table.groups.numbers.count)
            std::swap(workers[i].table, workers[0].table);
    for (std::uint32_t i = 0; i < compaction.threads; ++i) {
        const bool needed =
            compaction.fault.kind == ReadFaultKind::none && !compaction.stop.load(std::memory_order_relaxed);
        if (i > 0 && needed && !workers[0].merge(compaction.plan, workers[i], compaction.stop))
            compaction.tell(workers[0].fault);
        workers[i].table.raw.release();
        workers[i].table.raw = {};
        if (i == 0) continue;
        workers[i].table.release();
        workers[i].table = {};
    }
    if (compaction.fault.kind == ReadFaultKind::none && compaction.stop.load(std::memory_order_relaxed))
        compaction.fault.kind = ReadFaultKind::stopped;
}

void end_worker(Compaction &compaction) noexcept
{
    pthread_mutex_lock(&compaction.lock);
    const bool last = --compaction.running == 0;
    pthread_mutex_unlock(&compaction.lock);
    if (!last) return;
    finish(compaction);
    pthread_mutex_lock(&compaction.lock);
    compaction.done = true;
    pthread_cond_broadcast(&compaction.ended);
    pthread_mutex_unlock(&compaction.lock);
}

void *run_worker(void *given) noexcept
{
    auto *worker = static_cast<Worker *>(given);
    if (worker->open()) {
        worker->read_files();
    } else {
        ReadFault fault;
        fault.kind = ReadFaultKind::out_of_memory;
        worker->compaction->tell(fault);
    }
    end_worker(*worker->compaction);
    return nullptr;
}

bool copy_text(Arena &arena, Text text, Text &copy) noexcept
{
    char *const room = arena.take(text.size() + 1);
    if (room == nullptr) return false;
    if (!text.empty()) std::memcpy(room, text.data(), text.size());
    room[text.size()] = '\0';
    copy = {room, text.size()};
    return true;
}

// False: out of memory.
bool make_plan(Plan &plan, const ColumnUse *uses, const Text *names, std::uint32_t columns, bool &sound) noexcept
{
    plan.columns = columns;
    plan.start = plan.end = -1;
    sound = true;
    for (std::uint32_t i = 0; i < columns; ++i) {
        Text name;
        if (!copy_text(plan.name_bytes, names[i], name) || !plan.names.add(name)) return false;
        switch (uses[i]) {
            case ColumnUse::skipped:
                break;
            case ColumnUse::key:
            case ColumnUse::month:
            case ColumnUse::moment:
                ++plan.texts;
                if (i > 0 && is_stated(uses[i - 1]))
                    plan.runs[plan.runs.count - 1].last = i;
                else if (!plan.runs.add({i, i}))
                    return false;
                break;
            case ColumnUse::usage_start:
            case ColumnUse::usage_end: {
                std::int64_t &bound = uses[i] == ColumnUse::usage_start ? plan.start : plan.end;
                sound = sound && bound < 0;
                bound = i;
                ++plan.texts;
                break;
            }
            case ColumnUse::amount:
                if (!plan.amounts.add(i)) return false;
                break;
        }
    }
    sound = sound && plan.amounts.count <= most_amounts;
    plan.uses = static_cast<ColumnUse *>(std::malloc(columns + 1));
    if (plan.uses == nullptr) return false;
    std::copy(uses, uses + columns, plan.uses);

    // Addresses are laid out anew in every process, and time goes on.
    plan.seed = (static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(plan.uses)) * 0x9E3779B97F4A7C15U) ^
                static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
    // splitmix64
    std::uint64_t state = plan.seed;
    for (std::size_t i = 0; i < sizeof plan.secret; i += sizeof state) {
        std::uint64_t mixed = state += 0x9E3779B97F4A7C15U;
        mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
        mixed ^= mixed >> 31U;
        std::memcpy(plan.secret + i, &mixed, sizeof mixed);
    }
    return true;
}

}  // namespace

// ---- the wall -------------------------------------------------------------------------------------------------------

Compaction *compaction_open(const ColumnUse *uses, const Text *names, std::uint32_t columns, bool hourly,
                            std::uint32_t threads) noexcept
{
    void *memory = std::aligned_alloc(64, (sizeof(Compaction) + 63) / 64 * 64);
    if (memory == nullptr) return nullptr;
    // The same as a value without a destructor.
    auto *compaction = new (memory) Compaction{};
    pthread_mutex_init(&compaction->lock, nullptr);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&compaction->ended, &attributes);
    pthread_condattr_destroy(&attributes);
    compaction->bad_file.store(std::numeric_limits<std::int64_t>::max(), std::memory_order_relaxed);
    compaction->threads = std::max<std::uint32_t>(threads, 1);
    compaction->plan.hourly = hourly;
    bool sound = false;
    const bool planned = make_plan(compaction->plan, uses, names, columns, sound);
    if (planned) {
        compaction->row_keys = static_cast<Text *>(std::calloc(compaction->plan.texts + 1, sizeof(Text)));
        compaction->row_amounts = static_cast<Amount *>(
            std::aligned_alloc(alignof(Amount), sizeof(Amount) * (compaction->plan.amounts.count + 1)));
    }
    if (!planned || compaction->row_keys == nullptr || compaction->row_amounts == nullptr) {
        compaction_close(compaction);
        return nullptr;
    }
    if (!sound) {
        compaction->fault.kind = ReadFaultKind::bad_plan;
        compaction->done = true;
    }
    return compaction;
}

bool compaction_add_file(Compaction *compaction, Text path) noexcept
{
    auto *name = static_cast<char *>(std::malloc(path.size() + 1));
    if (name == nullptr) return false;
    if (!path.empty()) std::memcpy(name, path.data(), path.size());
    name[path.size()] = '\0';
    if (!compaction->files.add({name, {}, {}})) {
        std::free(name);
        return false;
    }
    compaction->bytes.fetch_add(file_bytes(name), std::memory_order_relaxed);
    return true;
}

void compaction_start(Compaction *compaction) noexcept
{
    if (compaction->was_started || compaction->done) return;
    compaction->was_started = true;
    compaction->threads =
        static_cast<std::uint32_t>(std::clamp<std::size_t>(compaction->files.count, 1, compaction->threads));
    compaction->workers = static_cast<Worker *>(std::calloc(compaction->threads, sizeof(Worker)));
    if (compaction->workers == nullptr) {
        compaction->fault.kind = ReadFaultKind::out_of_memory;
        compaction->done = true;
        return;
    }
    // Signals are for the thread that started them.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    // None of them ends before all are there.
    pthread_mutex_lock(&compaction->lock);
    int refused = 0;
    for (std::uint32_t i = 0; i < compaction->threads; ++i) {
        Worker &worker = compaction->workers[i];
        worker.compaction = compaction;
        refused = pthread_create(&worker.thread, nullptr, run_worker, &worker);
        if (refused != 0) break;
        worker.started = true;
        ++compaction->running;
    }
    // Fewer threads do as well.
    if (compaction->running == 0) {
        compaction->fault.kind = ReadFaultKind::cannot_start_thread;
        compaction->fault.error_number = refused;
        compaction->done = true;
    }
    pthread_mutex_unlock(&compaction->lock);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

bool compaction_wait(Compaction *compaction, std::uint32_t milliseconds) noexcept
{
    timespec until{};
    clock_gettime(CLOCK_MONOTONIC, &until);
    const std::int64_t nanoseconds = until.tv_nsec + std::int64_t{milliseconds} * 1'000'000;
    until.tv_sec += nanoseconds / 1'000'000'000;
    until.tv_nsec = nanoseconds % 1'000'000'000;
    pthread_mutex_lock(&compaction->lock);
    while (!compaction->done && compaction->was_started)
        if (pthread_cond_timedwait(&compaction->ended, &compaction->lock, &until) != 0) break;
    const bool done = compaction->done;
    pthread_mutex_unlock(&compaction->lock);
    return done;
}

void compaction_stop(Compaction *compaction) noexcept
{
    compaction->stop.store(true, std::memory_order_relaxed);
}

void compaction_close(Compaction *compaction) noexcept
{
    if (compaction == nullptr) return;
    compaction_stop(compaction);
    if (compaction->workers != nullptr)
        for (std::uint32_t i = 0; i < compaction->threads; ++i)
            if (compaction->workers[i].started) pthread_join(compaction->workers[i].thread, nullptr);
    if (compaction->workers != nullptr)
        for (std::uint32_t i = 0; i < compaction->threads; ++i) compaction->workers[i].release();
    std::free(compaction->workers);
    for (std::size_t i = 0; i < compaction->files.count; ++i) std::free(compaction->files[i].path);
    compaction->files.release();
    std::free(compaction->plan.uses);
    compaction->plan.names.release();
    compaction->plan.name_bytes.release();
    compaction->plan.runs.release();
    compaction->plan.amounts.release();
    std::free(compaction->row_keys);
    std::free(compaction->row_amounts);
    pthread_cond_destroy(&compaction->ended);
    pthread_mutex_destroy(&compaction->lock);
    std::free(compaction);
}

Progress compaction_progress(const Compaction *compaction) noexcept
{
    return {compaction->bytes_read.load(std::memory_order_relaxed), compaction->bytes.load(std::memory_order_relaxed),
            compaction->lines.load(std::memory_order_relaxed)};
}

ReadFault compaction_fault(const Compaction *compaction) noexcept
{
    return compaction->fault;
}

CompactedFile compaction_file(const Compaction *compaction, std::uint32_t file) noexcept
{
    CompactedFile read = compaction->files[file].read;
    read.sums = compaction->files[file].sums;
    return read;
}

bool compaction_conserves(const Compaction *compaction) noexcept
{
    if (compaction->workers == nullptr) return true;
    const Table &table = compaction->workers[0].table;
    Int128 left[most_amounts] = {};
    std::uint64_t lines = 0;
    // What is added and taken away may pass the limits of 128 bits on its way, and comes back.
    const auto add = [](Int128 &sum, Int128 amount, bool taken) {
        using Bits = unsigned __int128;
        sum = static_cast<Int128>(static_cast<Bits>(sum) + (taken ? -static_cast<Bits>(amount) : static_cast<Bits>(amount)));
    };
    for (std::size_t i = 0; i < table.groups.numbers.count; ++i) {
        Group &group = *table.groups.at(table.groups.numbers[i]);
        const Int128 *sum = group.sums();
        for (std::uint64_t nonzero = table.pattern(group.key.pattern).nonzero; nonzero != 0; nonzero &= nonzero - 1)
            add(left[std::countr_zero(nonzero)], *sum++, false);
        lines += group.lines;
    }
    for (std::size_t i = 0; i < compaction->files.count; ++i) {
        for (std::size_t a = 0; a < most_amounts; ++a) add(left[a], compaction->files[i].sums[a], true);
        lines -= compaction->files[i].read.lines;
    }
    return lines == 0 && std::all_of(left, left + most_amounts, [](Int128 rest) { return rest == 0; });
}

std::int64_t compaction_count(const Compaction *compaction) noexcept
{
    if (compaction->workers == nullptr || compaction->fault.kind != ReadFaultKind::none) return 0;
    return static_cast<std::int64_t>(compaction->workers[0].table.groups.numbers.count);
}

CompactedLine compaction_row(Compaction *compaction, std::int64_t row) noexcept
{
    const Plan &plan = compaction->plan;
    const Table &table = compaction->workers[0].table;
    Group &group = *table.groups.at(table.groups.numbers[static_cast<std::size_t>(row)]);

    const char *at = table.combinations.text(group.key.combination).data();
    const char *const period_bytes = table.periods.text(group.key.period).data();
    const auto moment = [](const char *text, char present) {
        return present != 0 ? Text(text, moment_length) : Text();
    };
    Text *key = compaction->row_keys;
    for (std::uint32_t column = 0; column < plan.columns; ++column) {
        if (is_stated(plan.uses[column])) {
            std::uint32_t size = 0;
            std::memcpy(&size, at, sizeof size);
            at += sizeof size;
            *key++ = size == 0 ? Text() : Text(at, size);
            at += size;
        } else if (plan.uses[column] == ColumnUse::usage_start) {
            *key++ = moment(period_bytes + offsetof(Period, start), period_bytes[offsetof(Period, has_start)]);
        } else if (plan.uses[column] == ColumnUse::usage_end) {
            *key++ = moment(period_bytes + offsetof(Period, end), period_bytes[offsetof(Period, has_end)]);
        }
    }

    return {compaction->row_keys, static_cast<std::int64_t>(group.lines), compaction_amounts(compaction, row)};
}

CompactedPlace compaction_place(const Compaction *compaction, std::int64_t row) noexcept
{
    const Table &table = compaction->workers[0].table;
    const Group &group = *table.groups.at(table.groups.numbers[static_cast<std::size_t>(row)]);
    return {group.key.combination, group.key.period, group.key.pattern, static_cast<std::int64_t>(group.lines)};
}

const Amount *compaction_amounts(Compaction *compaction, std::int64_t row) noexcept
{
    const Plan &plan = compaction->plan;
    const Table &table = compaction->workers[0].table;
    Group &group = *table.groups.at(table.groups.numbers[static_cast<std::size_t>(row)]);
    const Pattern pattern = table.pattern(group.key.pattern);
    const Int128 *sum = group.sums();
    const std::uint8_t *decimals = group.decimals(static_cast<std::size_t>(std::popcount(pattern.nonzero)));
    for (std::size_t i = 0; i < plan.amounts.count; ++i) {
        Amount &amount = compaction->row_amounts[i] = Amount{};
        amount.present = (pattern.present >> i & 1U) != 0;
        if (!amount.present) continue;
        amount.decimals = *decimals++;
        if ((pattern.nonzero >> i & 1U) != 0) amount.units = *sum++;
    }
    return compaction->row_amounts;
}

}  // namespace bedrock_cost
