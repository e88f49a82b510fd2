// SPDX-License-Identifier: PostgreSQL
// What each page shows: questions of the catalogue, the columns of their answers in the order of the table, and how a
// chart draws them. A chart draws rows of the answer as they are; nothing is added up here.
//
//   figures   large figures instead of a table: columns and what they are called
//   args      arguments beside the month, and `where`: only the rows that have this value
//   empty     what is said where there are no rows
//   names     what columns are called, where their own name does not say it
//   chart     bar:    one bar a row, `label` (one or several columns) and `value`; `mark`: a second value, as a dot;
//                     `color`: a column; `at`: a value to compare with, as a line
//             stack:  months side by side, `color` stacked
//             line:   months side by side, one line for each `color`
//             columns: months side by side, one bar each
export const pages = {
    overview: {
        title: "Overview",
        answers: [
            {id: "Q001", heading: "The month", figures: {
                billed_cost: "Usage, billed", net_cost: "Usage after discounts and credits",
                other_charges: "Other charges", tokens: "Tokens", data_through: "Complete through"}},
            {id: "Q093", heading: "Where the month will end", where: {scope: "(all)"}, figures: {
                to_date: "So far", forecast: "Forecast", low: "Low", high: "High", days_left: "Days left"}},
            {id: "Q091", heading: "Budgets",
                chart: {type: "bar", label: "budget_name", value: "pct", mark: "forecast_pct", at: 100,
                    atLabel: "the whole budget", markLabel: "forecast for its end"},
                names: {pct: "Used, %", forecast_pct: "Forecast, %", budget_name: "Budget", budget: "Amount",
                    other_spend: "Not compared, other currencies"},
                columns: ["budget_name", "scope", "budget", "actual", "pct", "forecast", "forecast_pct", "status", "other_spend"]},
            {id: "Q168", heading: "Through an inference profile or not",
                chart: {type: "stack", x: "month", value: "billed_cost", color: "path"},
                names: {via_profile_pct: "Month via profiles, %"},
                columns: ["month", "path", "billed_cost", "share_pct", "via_profile_pct"]},
            {id: "Q021", heading: "Bedrock within the whole AWS bill", empty: "This role does not see the whole bill.",
                chart: {type: "columns", x: "month", value: "ai_cost"},
                names: {ai_cost: "Bedrock", total_cost: "Whole bill", pct: "Bedrock's share, %"},
                columns: ["month", "ai_cost", "total_cost", "pct"]},
            {id: "Q005", heading: "Where the money goes",
                names: {line: "Part", value: "Billed", change_vs_last_month: "Change from last month"},
                columns: ["line", "value", "change_vs_last_month"]}
        ]
    },
    profiles: {
        title: "Profiles",
        answers: [
            {id: "Q023", args: {months: 1}, heading: "How requests reached a model",
                chart: {type: "bar", label: "path", value: "billed_cost"},
                columns: ["path", "billed_cost", "share_pct", "tokens", "principals"]},
            {id: "Q025", heading: "Spend by inference profile",
                chart: {type: "bar", label: "profile_name", value: "billed_cost", color: "profile_kind"},
                columns: ["profile_name", "profile_kind", "model", "billed_cost", "tokens"]},
            {id: "Q024", heading: "Spend that bypasses profiles",
                chart: {type: "bar", label: ["principal", "model"], value: "billed_cost"},
                columns: ["principal", "account", "region", "model", "billed_cost", "first_seen", "last_seen"]},
            {id: "Q032", heading: "Callers to move to a profile",
                columns: ["workload", "caller", "account", "model_id", "cost", "suggested_profile"]},
            {id: "Q031", heading: "Are the profiles set up right?",
                columns: ["profile_name", "in_logs", "in_cur", "tagged", "tags_active", "priced", "last_seen", "hint"]},
            {id: "Q030", heading: "Profiles without use for 30 days",
                columns: ["profile_name", "profile", "last_seen", "idle_days"]}
        ]
    },
    models: {
        title: "Models and tokens",
        answers: [
            {id: "Q009", heading: "Spend by model",
                chart: {type: "bar", label: "model_name", value: "billed_cost", color: "provider"},
                columns: ["model_name", "provider", "billed_cost", "tokens", "tokens_known_pct", "cost_per_million"]},
            {id: "Q072", heading: "Spend by kind of token", chart: {type: "bar", label: "token_type", value: "cost"},
                columns: ["token_type", "tokens", "cost", "share_pct", "cost_per_million"]},
            {id: "Q079", heading: "Cost of a million tokens over time",
                chart: {type: "line", x: "month", value: "cost_per_million", color: "model"},
                columns: ["month", "model", "cost_per_million"]},
            {id: "Q018", heading: "Spend by pricing model",
                chart: {type: "bar", label: "pricing_model", value: "billed_cost"},
                columns: ["pricing_model", "billed_cost", "tokens", "cost_per_million"]},
            {id: "Q010", heading: "Spend by region and routing",
                chart: {type: "bar", label: ["region", "ai_region_type"], value: "billed_cost"},
                names: {ai_region_type: "Routing"},
                columns: ["region", "ai_region_type", "billed_cost", "share_pct"]},
            {id: "Q020", heading: "Month by month",
                columns: ["month", "model", "billed_cost", "tokens"]}
        ]
    },
    callers: {
        title: "Callers",
        answers: [
            {id: "Q042", heading: "Coding assistants and production",
                chart: {type: "bar", label: "traffic_class", value: "billed_cost"},
                columns: ["traffic_class", "billed_cost", "share_pct"]},
            {id: "Q037", heading: "Spend by caller",
                chart: {type: "bar", label: ["session", "role"], value: "billed_cost", color: "kind"},
                columns: ["principal", "kind", "billed_cost"]},
            {id: "Q045", heading: "Roles that several share",
                columns: ["role", "reasons", "sessions", "profiles", "workloads", "cost"]},
            {id: "Q170", heading: "Callers without tags",
                columns: ["principal", "account", "billed_cost", "missing_keys"]},
            {id: "Q047", heading: "Bedrock API keys", names: {api_key_user: "API key"}, columns: ["api_key_user", "owner", "cost", "last_used"]},
            {id: "Q050", heading: "New callers", empty: "None in the last days with data.",
                columns: ["principal", "first_seen", "model", "cost"]}
        ]
    },
    owners: {
        title: "Owners and chargeback",
        answers: [
            {id: "Q007", heading: "Spend by workload",
                chart: {type: "bar", label: ["workload", "application"], value: "billed_cost"},
                columns: ["workload", "application", "owner", "billed_cost", "share_pct", "change_pct"]},
            {id: "Q058", heading: "Up the hierarchy",
                columns: ["level", "element1", "element2", "element3", "workload", "billed_cost", "share_pct"]},
            {id: "Q060", heading: "What each unit pays", chart: {type: "bar", label: "payer_unit", value: "total"},
                columns: ["payer_unit", "direct_cost", "spread_cost", "shared_cost", "total", "share_pct"]},
            {id: "Q061", heading: "What can be charged back",
                chart: {type: "bar", label: ["chargeable", "reason"], value: "billed_cost"},
                columns: ["chargeable", "reason", "billed_cost", "share_pct"]},
            {id: "Q057", heading: "Every cent lands once",
                columns: ["period", "billed", "attributed", "unattributed", "not_allocated", "difference"]},
            {id: "Q052", heading: "Unclaimed",
                columns: ["name", "kind", "account", "billed_cost", "first_seen", "last_seen", "suggested_workload"]},
            {id: "Q062", heading: "Statement as posted", empty: "No statement is posted for this month.",
                columns: ["owner", "workload", "amount", "statement_id", "version", "posted_at"]}
        ]
    },
    cache: {
        title: "Cache economics",
        answers: [
            {id: "Q074", heading: "What caching saved",
                chart: {type: "bar", label: ["workload", "application"], value: "net_saving"},
                columns: ["workload", "application", "saved", "write_premium", "net_saving", "saving_pct"]},
            {id: "Q073", heading: "Cache hit rate",
                chart: {type: "bar", label: ["workload", "application"], value: "hit_rate", mark: "threshold",
                    markLabel: "healthy from"},
                columns: ["workload", "application", "cache_read", "input", "cache_write", "hit_rate", "threshold", "healthy"]},
            {id: "Q075", heading: "Where caching loses money", empty: "Nowhere in this month.",
                columns: ["workload", "application", "model", "writes", "reads", "reads_per_write", "loss"]},
            {id: "Q076", heading: "Kept for 5 minutes or for 1 hour", empty: "No cache write of this month has both prices.",
                names: {ttl: "Kept for", writes: "Tokens written", reads: "Tokens read", cost_5m: "Estimate, all for 5 minutes",
                    cost_1h: "Estimate, all for 1 hour", break_even_pct: "Writes to spare for 1 hour to pay, %"},
                columns: ["workload", "application", "model", "ttl", "writes", "reads", "cost_5m", "cost_1h", "break_even_pct"]}
        ]
    },
    reconciliation: {
        title: "Reconciliation",
        answers: [
            {id: "Q161", heading: "The bill beside the logs",
                chart: {type: "bar", label: ["state", "finding"], value: "billed_cost"},
                columns: ["state", "finding", "billed_cost", "share_pct", "estimate", "billed_tokens", "logged_tokens"]},
            {id: "Q130", heading: "The estimate beside the bill",
                chart: {type: "bar", label: "model", value: "billed", mark: "estimated", markLabel: "estimated from logs"},
                columns: ["model", "billed", "estimated", "compared_pct", "ratio", "cause", "logged_pct"]},
            {id: "Q160", heading: "What is open",
                columns: ["finding", "account", "region", "model", "days", "billed_cost", "estimate", "hint"]},
            {id: "Q128", heading: "Spend without logs",
                columns: ["account", "region", "cost", "billed_tokens", "logged_pct"]}
        ]
    },
    doctor: {
        title: "Doctor",
        answers: [
            {id: "Q126", heading: "Checks", columns: ["status", "check", "detail", "fix"]},
            // Not its age: that is of the hour in which it is asked, and pages that are built stay.
            {id: "Q127", heading: "How fresh the data are",
                columns: ["source", "billing_entity", "period", "data_through", "loaded_at", "is_final"]},
            {id: "Q131", heading: "What is not understood", columns: ["kind", "value", "rows", "cost", "suggestion"]},
            {id: "Q180", heading: "Tasks", columns: ["kind", "subject", "workload", "cost", "since", "state", "action"]},
            {id: "Q141", heading: "What this page may see",
                columns: ["role", "persona", "scope", "rows_visible", "workloads", "accounts"]}
        ]
    }
};
