// SPDX-License-Identifier: PostgreSQL
// Acme: its accounts, its application profiles, and who calls which model how much.

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "calendar.hpp"
#include "ledger.hpp"
#include "prices.hpp"

namespace bedrock_bill {

struct Account {
    std::string_view id;
    std::string_view name;
    bool european;  // billed through AWS's European company
    Tags tags;      // account tags and cost categories: on every line of the account
};

enum AccountIndex : int { payer, prod, staging, dev, data, sandbox, shared };

/// How the session part of a caller's ARN is made.
enum class Session : std::uint8_t {
    none,       // the text is the whole principal
    fixed,      // the text is role/session
    task,       // ECS task id, another one each day
    instance,   // EC2 instance id, another one each week
    scheduled,  // a name with the date in it
};

struct Caller {
    Session session = Session::none;
    std::string text;  // user/alice, federated-user/x, role name, or role/session; empty: the bill names nobody
    Tags tags;         // iamPrincipal/..., userAttribute/...
    int weight = 10;
};

enum class Pattern : std::uint8_t { office_us, office_eu, office_jp, always, nightly };

/// What one kind of token makes of a stream, in thousandths: input, output, cache read, write, 1 hour write.
using Mix = std::array<int, token_kinds>;

struct Part {
    Meter meter;
    int ratio = 1;
};

/// One caller group using one model or meter on one resource.
struct Stream {
    int account = prod;
    std::string_view region = "us-east-1";
    std::string_view model;  // token streams
    Scope scope = Scope::regional;
    std::string_view tier = "standard";
    Mix mix = {};
    std::vector<Part> parts;  // other streams
    std::string resource;
    Tags tags;  // of the resource
    std::vector<Caller> callers = {Caller{}};
    Pattern pattern = Pattern::always;
    std::string_view operation = "InvokeModelInference";
    int slots = 200;  // cells (hour, caller) a month; a day for daily workloads
    int share = 100;  // of the workload's money, against its other streams
    Hour from = 0;
    Hour to = hour_of(2030, 1, 1);
    std::int64_t fixed = 0;  // quantity per cell and ratio, where the bill is a standing charge
};

/// A line whose amount and cost are given, not shared out.
struct Literal {
    Stream stream;
    Kind kind;
    Hour hour;
    std::int64_t quantity;
    Pico cost;
    Meter meter;  // used when the stream names no model
};

/// A product, a role or a team whose cost per period is exact to the cent.
struct Workload {
    std::string_view key;
    std::string_view name;
    std::array<std::int64_t, period_count> target = {};  // cents
    std::vector<Stream> streams;
    std::vector<Literal> literals;
    std::int64_t per_day = 0;  // cents a day instead of a target per period
    std::vector<Hour> days;    // working days, for per_day
    bool migrated = false;     // tagged for the migration programme
    bool at_risk = false;      // belongs to the programme, not tagged
    bool unowned = false;
};

struct Profile {
    std::string arn;
    std::string id;
    std::string name;
    int account;
    std::string_view region;
    std::string source;  // system profile or model it was copied from
    std::string_view model;
    Tags tags;  // own keys, without prefix
    bool registered = true;
    bool used = true;
};

struct Project {
    std::string arn;
    std::string id;
    std::string name;
    int account;
    std::string_view region;
    Tags tags;
};

struct Company {
    std::vector<Workload> workloads;
    std::vector<Profile> profiles;
    std::vector<Project> projects;
};

extern const std::array<Account, 7> accounts;

constexpr std::string_view map_tag = "mig4P8QX2ZK1";
constexpr Hour map_start = hour_of(2026, 7, 1);
constexpr Hour loop_hour = hour_of(2026, 9, 30, 2);
constexpr Hour literal_hour = hour_of(2026, 9, 15, 14);
constexpr std::int64_t hr_output_tokens = 300'000'000;
constexpr std::int64_t hr_output_estimate = 150'000'000;

Company acme();

}  // namespace bedrock_bill
