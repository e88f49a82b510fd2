// SPDX-License-Identifier: PostgreSQL
// Threads that read files, each into tables of its own; the last one to end puts the tables together.
#include "lines/line_store.hpp"

#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <limits>
#include <new>
#include <utility>

#include "lines/inflate.hpp"

namespace bedrock_cost {

namespace lines {

// Takes over the groups and control sums of another worker.
bool Worker::merge(const Plan &plan, Worker &other, const std::atomic<bool> &stop) noexcept
{
    fault = ReadFault{};
    Vector<std::uint32_t> full_keys{}, usages_{}, patterns{};
    full_keys.budget = usages_.budget = patterns.budget = &store->budget;
    const auto translate = [&](const Interner &from, Interner &to, Vector<std::uint32_t> &numbers) {
        for (std::size_t i = 0; i < from.entries.count; ++i) {
            const std::uint32_t number = to.add(from.entries[i].text, from.entries[i].hash);
            if (number == Interner::none || !numbers.add(number)) return false;
        }
        return true;
    };
    bool merged = translate(other.table.full_keys, table.full_keys, full_keys) &&
                  translate(other.table.usages, table.usages, usages_) &&
                  translate(other.table.patterns, table.patterns, patterns);
    if (!merged) fail_memory();
    const Groups &from = other.table.groups;
    for (std::size_t i = 0; merged && i < from.count(); ++i) {
        if (i % 4096 == 0 && stop.load(std::memory_order_relaxed)) break;
        const Group &group = from[i];
        const GroupKey to_key = {full_keys[group.key.full_key], usages_[group.key.usage], patterns[group.key.pattern]};
        const Pattern pattern = table.pattern(to_key.pattern);
        Group *const to = table.group(to_key);
        if (to == nullptr) {
            merged = fail_memory();
            break;
        }
        const auto nonzero = static_cast<std::size_t>(std::popcount(pattern.nonzero));
        const auto present = static_cast<std::size_t>(std::popcount(pattern.present));
        const int full = add_amounts(*to, nonzero, present, group.lines, group.sums(), group.decimals(nonzero));
        if (full >= 0) merged = fail(ReadFaultKind::sum_out_of_range, plan.column_of_sum(pattern, full));
    }
    full_keys.release();
    usages_.release();
    patterns.release();
    if (!merged) return false;
    int amount = 0;
    switch (control.merge(other.control, amount)) {
        case ControlTable::Merged::done:
            return true;
        case ControlTable::Merged::out_of_memory:
            return fail_memory();
        case ControlTable::Merged::out_of_range:
            break;
    }
    return fail(ReadFaultKind::sum_out_of_range, plan.amounts[static_cast<std::size_t>(amount)]);
}

namespace {

// Puts all tables together in the first ones, and frees what is not needed any more.
void finish(LineStore &store) noexcept
{
    // The largest table takes the others in.
    Worker *const workers = store.workers;
    for (std::uint32_t i = 1; i < store.threads; ++i)
        if (workers[i].table.groups.count() > workers[0].table.groups.count()) {
            std::swap(workers[i].table, workers[0].table);
            std::swap(workers[i].control, workers[0].control);
        }
    for (std::uint32_t i = 0; i < store.threads; ++i) {
        const bool needed = store.fault.kind == ReadFaultKind::none && !store.stop.load(std::memory_order_relaxed);
        // A raw key is of use to its reader only.
        workers[i].table.raw.release();
        workers[i].table.raw = {};
        if (i > 0 && needed && !workers[0].merge(store.plan, workers[i], store.stop)) store.report(workers[0].fault);
        if (i == 0) continue;
        workers[i].table.release();
        workers[i].table = {};
        workers[i].control.release();
        workers[i].control = {};
    }
    if (store.fault.kind == ReadFaultKind::none && store.stop.load(std::memory_order_relaxed))
        store.fault.kind = ReadFaultKind::stopped;
}

void end_worker(LineStore &store) noexcept
{
    pthread_mutex_lock(&store.lock);
    const bool last = --store.running == 0;
    pthread_mutex_unlock(&store.lock);
    if (!last) return;
    finish(store);
    pthread_mutex_lock(&store.lock);
    store.done = true;
    pthread_cond_broadcast(&store.ended);
    pthread_mutex_unlock(&store.lock);
}

void *run_worker(void *given) noexcept
{
    auto *worker = static_cast<Worker *>(given);
    LineStore &store = *worker->store;
    if (worker->open()) {
        worker->read_files();
    } else {
        worker->fail_memory();
        store.report(worker->fault);
    }
    end_worker(store);
    return nullptr;
}

}  // namespace

}  // namespace lines

using lines::Worker;

// ---- the wall -------------------------------------------------------------------------------------------------------

LineStore *line_store_open(const LineColumn *columns, std::uint32_t count, bool hourly, std::uint32_t threads,
                           std::uint64_t memory) noexcept
{
    void *room = std::aligned_alloc(64, (sizeof(LineStore) + 63) / 64 * 64);
    if (room == nullptr) return nullptr;
    // The same as a value without a destructor.
    auto *store = new (room) LineStore{};
    pthread_mutex_init(&store->lock, nullptr);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&store->ended, &attributes);
    pthread_condattr_destroy(&attributes);
    store->bad_file.store(std::numeric_limits<std::int64_t>::max(), std::memory_order_relaxed);
    store->threads = std::max<std::uint32_t>(threads, 1);
    store->plan.hourly = hourly;
    store->budget.limit = memory;
    bool sound = false;
    const bool planned = store->plan.make(columns, count, sound);
    if (planned) {
        store->key_texts = static_cast<Text *>(std::calloc(store->plan.keys + 1, sizeof(Text)));
        store->control_amounts = static_cast<Amount *>(
            std::aligned_alloc(alignof(Amount), sizeof(Amount) * (store->plan.amounts.count + 1)));
    }
    if (!planned || store->key_texts == nullptr || store->control_amounts == nullptr) {
        line_store_close(store);
        return nullptr;
    }
    if (!sound) {
        store->fault.kind = ReadFaultKind::bad_plan;
        store->done = true;
    }
    return store;
}

bool line_store_add_file(LineStore *store, Text path) noexcept
{
    char *const name = c_string(path);
    if (name == nullptr) return false;
    if (!store->files.add({name, {}})) {
        std::free(name);
        return false;
    }
    store->bytes.fetch_add(file_bytes(name), std::memory_order_relaxed);
    return true;
}

void line_store_start(LineStore *store) noexcept
{
    if (store->was_started || store->done) return;
    store->was_started = true;
    store->threads = static_cast<std::uint32_t>(std::clamp<std::size_t>(store->files.count, 1, store->threads));
    store->workers = static_cast<Worker *>(std::calloc(store->threads, sizeof(Worker)));
    if (store->workers == nullptr) {
        store->fault.kind = ReadFaultKind::out_of_memory;
        store->done = true;
        return;
    }
    // Signals are for the thread that started them.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    // None of them ends before all are there.
    pthread_mutex_lock(&store->lock);
    int refused = 0;
    for (std::uint32_t i = 0; i < store->threads; ++i) {
        Worker &worker = store->workers[i];
        worker.store = store;
        refused = pthread_create(&worker.thread, nullptr, lines::run_worker, &worker);
        if (refused != 0) break;
        worker.started = true;
        ++store->running;
    }
    // Fewer threads do as well.
    if (store->running == 0) {
        store->fault.kind = ReadFaultKind::cannot_start_thread;
        store->fault.error_number = refused;
        store->done = true;
    }
    pthread_mutex_unlock(&store->lock);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

bool line_store_wait(LineStore *store, std::uint32_t milliseconds) noexcept
{
    timespec until{};
    clock_gettime(CLOCK_MONOTONIC, &until);
    const std::int64_t nanoseconds = until.tv_nsec + std::int64_t{milliseconds} * 1'000'000;
    until.tv_sec += nanoseconds / 1'000'000'000;
    until.tv_nsec = nanoseconds % 1'000'000'000;
    pthread_mutex_lock(&store->lock);
    while (!store->done && store->was_started)
        if (pthread_cond_timedwait(&store->ended, &store->lock, &until) != 0) break;
    const bool done = store->done;
    pthread_mutex_unlock(&store->lock);
    return done;
}

void line_store_stop(LineStore *store) noexcept
{
    store->stop.store(true, std::memory_order_relaxed);
}

void line_store_close(LineStore *store) noexcept
{
    if (store == nullptr) return;
    line_store_stop(store);
    if (store->workers != nullptr) {
        for (std::uint32_t i = 0; i < store->threads; ++i)
            if (store->workers[i].started) pthread_join(store->workers[i].thread, nullptr);
        for (std::uint32_t i = 0; i < store->threads; ++i) store->workers[i].release();
    }
    std::free(store->workers);
    for (std::size_t i = 0; i < store->files.count; ++i) std::free(store->files[i].path);
    store->files.release();
    store->keys.release();
    store->plan.release();
    std::free(store->key_texts);
    std::free(store->control_amounts);
    pthread_cond_destroy(&store->ended);
    pthread_mutex_destroy(&store->lock);
    std::free(store);
}

Progress line_store_progress(const LineStore *store) noexcept
{
    return {store->bytes_read.load(std::memory_order_relaxed), store->bytes.load(std::memory_order_relaxed),
            store->read.load(std::memory_order_relaxed)};
}

ReadFault line_store_fault(const LineStore *store) noexcept
{
    return store->fault;
}

LineFile line_store_file(const LineStore *store, std::uint32_t file) noexcept
{
    return store->files[file].read;
}

std::int64_t line_store_groups(const LineStore *store) noexcept
{
    return store->is_whole() ? static_cast<std::int64_t>(store->table().groups.count()) : 0;
}

bool line_store_take(LineStore *store, std::uint64_t bytes) noexcept
{
    if (store->budget.take(bytes)) return true;
    store->set_memory_fault(store->fault);
    return false;
}

// ---- control --------------------------------------------------------------------------------------------------------

bool line_store_conserves(const LineStore *store) noexcept
{
    if (!store->is_whole()) return true;
    // What is added and taken away may pass the limits of 128 bits on its way, and comes back.
    using Bits = unsigned __int128;
    Bits left[most_amounts] = {};
    std::uint64_t of_groups = 0, of_controls = 0, of_files = 0;
    const lines::LineTable &table = store->table();
    for (std::size_t i = 0; i < table.groups.count(); ++i) {
        const lines::Group &group = table.groups[i];
        const Int128 *sum = group.sums();
        for (std::uint64_t nonzero = table.pattern(group.key.pattern).nonzero; nonzero != 0; nonzero &= nonzero - 1)
            left[std::countr_zero(nonzero)] += static_cast<Bits>(*sum++);
        of_groups += group.lines;
    }
    const lines::ControlTable &control = store->workers[0].control;
    for (std::size_t i = 0; i < control.slots.count; ++i) {
        const lines::ControlSlot &slot = control.slots[i];
        lines::DigitSum *sum = slot.sums;
        for (std::uint64_t present = slot.present; present != 0; present &= present - 1, ++sum) {
            Int128 units = 0;
            if (!sum->total(units)) return false;
            left[std::countr_zero(present)] -= static_cast<Bits>(units);
        }
        of_controls += static_cast<std::uint64_t>(slot.lines);
    }
    for (std::size_t i = 0; i < store->files.count; ++i) of_files += store->files[i].read.lines;
    return of_groups == of_controls && (store->files.count == 0 || of_files == of_controls) &&
           std::all_of(left, left + most_amounts, [](Bits rest) { return rest == 0; });
}

std::uint32_t line_store_controls(const LineStore *store) noexcept
{
    return store->is_whole() ? static_cast<std::uint32_t>(store->workers[0].control.slots.count) : 0;
}

ControlSum line_store_control(LineStore *store, std::uint32_t number) noexcept
{
    const lines::ControlTable &control = store->workers[0].control;
    const lines::ControlIdentity identity = control.identity(number);
    const lines::ControlSlot &slot = control.slots[number];
    lines::DigitSum *sum = slot.sums;
    for (std::size_t i = 0; i < store->plan.amounts.count; ++i) {
        Amount &amount = store->control_amounts[i] = Amount{};
        if ((slot.present >> i & 1U) == 0) continue;
        amount.present = true;
        amount.decimals = sum->decimals;
        // It has been within 128 bits whenever an amount was added.
        if (!(sum++)->total(amount.units)) amount.units = 0;
    }
    const bool has_month = store->plan.by_month() && identity.month != lines::no_begin;
    return {identity.texts[0], identity.texts[1], identity.texts[2], identity.texts[3], identity.has_reservation,
            has_month,         identity.month,    slot.present,      slot.lines,        store->control_amounts};
}

}  // namespace bedrock_cost
