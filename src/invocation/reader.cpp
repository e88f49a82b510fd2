// SPDX-License-Identifier: PostgreSQL
// Model invocation logs. A file is cut into documents (mostly one a line), each is read by simdjson in one pass over
// its fields; what holds other documents (an envelope of CloudWatch Logs, an array, a row of CSV) leaves them in a
// queue.
//
// A prompt or an answer is never unescaped or copied; of an answer only the numbers of its usage are looked at.
#include <bedrock_cost/bill.hpp>
#include <bedrock_cost/invocation.hpp>

#include <algorithm>
#include <new>

#include "invocation/counts.hpp"
#include "invocation/document_queue.hpp"
#include "invocation/recent_numbers.hpp"
#include "lines/csv.hpp"

namespace bedrock_cost {

using namespace invocations;

namespace {

constexpr std::size_t longest_metadata = std::size_t{64} << 10U;
// Bedrock began in 2023.
constexpr std::int64_t first_time = std::int64_t{1672531200} * 1000000;
constexpr std::size_t no_column = ~std::size_t{0};

}  // namespace

struct InvocationReader {
    json::parser parser;
    // Of a body that is a text with JSON in it.
    json::parser body_parser;

    LogFile file;
    Origin path_origin{};
    Origin origin{};
    Queue queue;
    std::uint64_t queue_line = 0;
    std::int64_t end_of_time = std::numeric_limits<std::int64_t>::max();
    // Whether nothing of the file was read yet.
    bool at_start = true;
    // Of a file that is CSV, as Logs Insights exports it: its columns of that name.
    std::size_t message_column = no_column, time_column = no_column;

    RecentNumbers attributes, principals;
    Bytes label_keys;
    Bytes labels, key, scratch;
    InvocationReading reading;

    void begin_file() noexcept
    {
        queue.clear();
        path_origin = Origin{};
        at_start = true;
        message_column = time_column = no_column;
    }

    // What a document turned out to be.
    struct Found {
        bool record = false;
        bool container = false;
        bool other = false;
        bool has_time = false;
        bool counted = false;
        Answer answer;
        Text model_arn;
    };

    // Whether a key of requestMetadata was asked for.
    bool is_label(Text name) const noexcept
    {
        Text keys = label_keys.text();
        while (!keys.empty()) {
            const std::size_t end = std::min(keys.find('\n'), keys.size());
            const Text wanted = keys.substr(0, end);
            keys.remove_prefix(std::min(end + 1, keys.size()));
            std::size_t at = 0;
            bool same = true;
            for (const char byte : name) {
                if (!is_alphanumeric(byte)) continue;
                same = at < wanted.size() && wanted[at] == lower(byte);
                if (!same) break;
                ++at;
            }
            if (same && at == wanted.size()) return true;
        }
        return false;
    }

    Why read_metadata(json::value value, Invocation &record) noexcept
    {
        constexpr const char *broken = "requestMetadata is no object of texts";
        error_code error = SUCCESS;
        const json::json_type type = type_of(value, error);
        if (error != SUCCESS) return why(error);
        if (type == json::json_type::null) return nullptr;
        if (type != json::json_type::object) return broken;
        labels.count = 0;
        bool room = true;
        const char *const from = value.raw_json_token().data();
        const char *last = from;
        error = each_field(value, [&](Text name, json::value inner) -> error_code {
            error_code failed = SUCCESS;
            const Text token = trimmed(inner.raw_json_token());
            last = token.data() + token.size();
            if (type_of(inner, failed) != json::json_type::string || !is_label(name)) return failed;
            room = room && labels.add(labels.count == 0 ? "{\"" : ",\"") && labels.add(name) && labels.add("\":") &&
                   labels.add(token);
            return SUCCESS;
        });
        if (error != SUCCESS) return why(error);
        if (!room || (labels.count > 0 && !labels.add("}"))) return out_of_memory_reason;
        const char *const end =
            static_cast<const char *>(std::memchr(last, '}', static_cast<std::size_t>(document_limit - last)));
        if (end == nullptr) return broken;
        // An object or array as value has brackets of its own; AWS allows only texts.
        record.metadata = Text(from, static_cast<std::size_t>(end + 1 - from));
        if (last == from) record.metadata = Text();
        if (record.metadata.size() > longest_metadata) return "requestMetadata has more than 64 KB";
        if (record.metadata.data() != nullptr && !is_jsonb(record.metadata)) return broken;
        record.labels = labels.count > 0 ? labels.text() : Text();
        if (record.labels.data() != nullptr && !is_jsonb(record.labels)) return broken;
        return nullptr;
    }

    // A body as a text: JSON in JSON, where it is any.
    void read_text_body(json::value value, Answer &answer) noexcept
    {
        const Text token = value.raw_json_token();
        Text body;
        if (!(token.starts_with("\"{") || token.starts_with("\"[")) || value.get_string().get(body) != SUCCESS) return;
        scratch.count = 0;
        if (!scratch.add(body)) return;
        json::document document;
        json::value root;
        Answer inner;
        if (body_parser.iterate(padded(scratch.text())).get(document) != SUCCESS) return;
        if (document.get_value().get(root) != SUCCESS || read_answer(root, inner) != SUCCESS) return;
        answer = inner;
    }

    Why read_input(json::value value, Invocation &record, Found &found) noexcept
    {
        Why wrong = nullptr;
        const error_code error = each_field(value, [&](Text name, json::value inner) -> error_code {
            wrong = read_counts(name, inner, record, found.counted);
            return wrong == nullptr ? SUCCESS : simdjson::INCORRECT_TYPE;
        });
        return wrong != nullptr ? wrong : why(error);
    }

    Why read_output(json::value value, Invocation &record, Found &found) noexcept
    {
        Why wrong = nullptr;
        const error_code error = each_field(value, [&](Text name, json::value inner) -> error_code {
            if (is_word(name, "outputBodyJson")) {
                error_code failed = SUCCESS;
                if (type_of(inner, failed) == json::json_type::string) {
                    read_text_body(inner, found.answer);
                    return SUCCESS;
                }
                return failed != SUCCESS ? failed : read_answer(inner, found.answer);
            }
            wrong = read_counts(name, inner, record, found.counted);
            return wrong == nullptr ? SUCCESS : simdjson::INCORRECT_TYPE;
        });
        return wrong != nullptr ? wrong : why(error);
    }

    static Why read_time_field(json::value value, Invocation &record, Found &found) noexcept
    {
        constexpr const char *broken = "timestamp is no point in time";
        error_code error = SUCCESS;
        switch (type_of(value, error)) {
            case json::json_type::string: {
                Text text;
                if ((error = value.get_string().get(text)) != SUCCESS) return why(error);
                found.has_time = read_time(text, record.logged_at);
                return found.has_time ? nullptr : broken;
            }
            case json::json_type::number: {
                std::int64_t number = 0;
                found.has_time = read_number(value, 1, number, error) && read_epoch(number, record.logged_at);
                return found.has_time ? nullptr : broken;
            }
            case json::json_type::null:
                return why(error);
            default:
                return error != SUCCESS ? why(error) : broken;
        }
    }

    // userIdentity of an event, identity of a record.
    static Why read_identity(json::value value, Text &principal) noexcept
    {
        Why wrong = nullptr;
        const error_code error = each_field(value, [&](Text name, json::value inner) -> error_code {
            if (is_word(name, "arn")) wrong = read_text(inner, principal, "identity.arn is no text");
            return wrong == nullptr ? SUCCESS : simdjson::INCORRECT_TYPE;
        });
        return wrong != nullptr ? wrong : why(error);
    }

    // One text of an object inside a record, absent where it is no text.
    static Why read_inner(json::value value, Text wanted, Text &text) noexcept
    {
        Why wrong = nullptr;
        const error_code error = each_field(value, [&](Text name, json::value inner) -> error_code {
            if (name == wanted && read_text(inner, text, "") != nullptr) text = Text();
            return SUCCESS;
        });
        return wrong != nullptr ? wrong : why(error);
    }

    // The message of a document that is an event; any other text is ignored.
    Why read_envelope(json::value value, Found &found) noexcept
    {
        Text message;
        const error_code error = read_message(value, message);
        if (error != SUCCESS || !message.starts_with('{')) return why(error);
        found.container = true;
        return queue.add(message, 0) ? nullptr : out_of_memory_reason;
    }

    // One field of a document.
    Why read_field(Text name, json::value value, Invocation &record, Found &found, bool queued) noexcept
    {
        switch (name.size()) {
            case 5:
                if (is_word(name, "input")) return read_input(value, record, found);
                if (is_word(name, "owner") && !queued) {
                    Text owner;
                    if (read_text(value, owner, "") == nullptr && is_account(owner)) keep_short(origin.account, owner);
                }
                break;
            case 6:
                if (is_word(name, "output")) return read_output(value, record, found);
                if (is_word(name, "region")) return read_text(value, record.region, "region is no text");
                if (is_word(name, "events") && !queued) {
                    found.container = true;
                    return queue.add_events(value);
                }
                break;
            case 7:
                if (is_word(name, "modelId")) {
                    found.record = true;
                    return read_text(value, record.model, "modelId is no text");
                }
                if (is_word(name, "Records") && !queued) {
                    found.container = true;
                    return queue.add_elements(value);
                }
                if (is_word(name, "results") && !queued) {
                    found.container = true;
                    return queue.add_results(value);
                }
                if (is_word(name, "message") && !queued) return read_envelope(value, found);
                break;
            case 8:
                if (is_word(name, "@message") && !queued) return read_envelope(value, found);
                if (is_word(name, "identity")) return read_identity(value, record.principal);
                if (is_word(name, "modelArn")) return read_text(value, found.model_arn, "modelArn is no text");
                break;
            case 9:
                if (is_word(name, "accountId")) return read_text(value, record.account_id, "accountId is no text");
                if (is_word(name, "requestId")) {
                    found.record = true;
                    return read_text(value, record.request_id, "requestId is no text");
                }
                if (is_word(name, "operation")) return read_text(value, record.operation, "operation is no text");
                if (is_word(name, "timestamp")) return read_time_field(value, record, found);
                if (is_word(name, "errorCode")) return read_text(value, record.error_code, "errorCode is no text");
                if (is_word(name, "logEvents") && !queued) {
                    found.container = true;
                    return queue.add_events(value);
                }
                if (is_word(name, "requestID")) return read_text(value, record.request_id, "requestID is no text");
                if (is_word(name, "awsRegion")) return read_text(value, record.region, "awsRegion is no text");
                if (is_word(name, "eventTime")) return read_time_field(value, record, found);
                if (is_word(name, "eventName")) return read_text(value, record.operation, "eventName is no text");
                break;
            case 10:
                if (is_word(name, "schemaType")) {
                    Text schema;
                    if (const Why wrong = read_text(value, schema, "schemaType is no text")) return wrong;
                    if (!contains_folded(schema, "invocation")) return "schemaType is not ModelInvocationLog";
                    found.record = true;
                }
                break;
            case 11:
                if (is_word(name, "eventSource")) {
                    Text source;
                    record.kind = InvocationKind::event;
                    if (const Why wrong = read_text(value, source, "eventSource is no text")) return wrong;
                    found.other = !source.starts_with("bedrock");
                }
                if (is_word(name, "messageType")) {
                    Text type;
                    found.container = true;
                    return read_text(value, type, "messageType is no text");
                }
                if (is_word(name, "serviceTier")) return why(read_tier(value, found.answer.tier));
                break;
            case 12:
                if (is_word(name, "userIdentity")) return read_identity(value, record.principal);
                break;
            case 15:
                if (is_word(name, "inferenceRegion"))
                    return read_text(value, record.inference_region, "inferenceRegion is no text");
                if (is_word(name, "requestMetadata")) return read_metadata(value, record);
                if (is_word(name, "sourceIPAddress"))
                    return read_text(value, record.source_address, "sourceIPAddress is no text");
                break;
            case 17:
                if (is_word(name, "requestParameters")) return read_inner(value, "modelId", record.model);
                break;
            case 18:
                if (is_word(name, "recipientAccountId"))
                    return read_text(value, record.account_id, "recipientAccountId is no text");
                break;
            case 19:
                if (is_word(name, "inferenceProfileArn"))
                    return read_text(value, record.profile, "inferenceProfileArn is no text");
                if (is_word(name, "additionalEventData"))
                    return read_inner(value, "inferenceRegion", record.inference_region);
                break;
            default:
                break;
        }
        return nullptr;
    }

    bool add_part(Text part) noexcept
    {
        const auto size = static_cast<std::uint32_t>(part.data() == nullptr ? ~std::uint32_t{0} : part.size());
        return key.add({reinterpret_cast<const char *>(&size), sizeof size}) && key.add(part);
    }

    bool take_keys(Invocation &record) noexcept
    {
        key.count = 0;
        if (!add_part(record.request_id) || !add_part(record.account_id) || !add_part(record.region)) return false;
        record.request_key = key_hash(key.text());
        key.count = 0;
        for (const Text part : {record.account_id, record.region, record.inference_region, record.operation,
                                record.model, record.profile, record.caller, Text(word(record.tier)), record.labels})
            if (!add_part(part)) return false;
        record.attributes_hash = key_hash(key.text());
        // Only requests are numbered.
        if (record.kind == InvocationKind::event) return true;
        record.attributes_number = attributes.number_of(record.attributes_hash, record.attributes_repeated);
        if (record.principal.data() != nullptr)
            record.principal_number = principals.number_of(key_hash(record.principal), record.principal_repeated);
        return true;
    }

    // End of the document that is read, and of the bytes behind it that may be read.
    const char *document_limit = nullptr;

    // Reads a document; `used` is how much of it was one, where it is another one that follows.
    void read_document(Text text, std::int64_t at, bool queued, std::size_t *used) noexcept
    {
        Invocation &record = reading.record;
        record = Invocation{};
        record.line = reading.line;
        reading.step = InvocationStep::malformed;
        document_limit = text.data() + text.size();
        Found found;
        json::document document;
        json::object object;
        error_code error = parser.iterate(padded(text)).get(document);
        if (error == SUCCESS && text.front() == '[' && !queued) {
            json::value root;
            error = document.get_value().get(root);
            reading.reason = error == SUCCESS ? queue.add_elements(root) : why(error);
            found.container = true;
        } else {
            if (error == SUCCESS) error = document.get_object().get(object);
            reading.reason = text.front() == '{' ? why(error) : "no JSON object";
            if (reading.reason == nullptr) {
                for (auto each : object) {
                    json::field field;
                    if ((error = std::move(each).get(field)) != SUCCESS) {
                        reading.reason = why(error);
                        break;
                    }
                    reading.reason = read_field(name_of(field.key()), field.value(), record, found, queued);
                    if (reading.reason != nullptr) break;
                }
            }
        }
        if (reading.reason == out_of_memory_reason) {
            reading.step = InvocationStep::out_of_memory;
            return;
        }
        if (reading.reason != nullptr) {
            // Nothing of a container that is broken further on.
            if (!queued) queue.clear();
            return;
        }
        const char *behind = nullptr;
        if (document.current_location().get(behind) == SUCCESS && behind < document_limit) {
            if (used == nullptr) {
                reading.reason = "more than one JSON document in a message";
                return;
            }
            *used = static_cast<std::size_t>(behind - text.data());
        }
        if (found.container) {
            reading.step = InvocationStep::skipped;
            return;
        }
        finish_record(record, found, at);
    }

    // What a record lacks comes from its file; what it must have is checked.
    void finish_record(Invocation &record, Found &found, std::int64_t at) noexcept
    {
        const bool event = record.kind == InvocationKind::event;
        if (event && (found.other || record.request_id.data() == nullptr || record.model.data() == nullptr)) {
            // An event of another service, or about something else than a request to a model.
            reading.step = InvocationStep::skipped;
            return;
        }
        if (!found.record && !event) {
            reading.reason = "no record of a model invocation";
            return;
        }
        if (record.request_id.data() == nullptr) {
            reading.reason = "requestId is missing";
            return;
        }
        if (record.model.data() == nullptr) record.model = found.model_arn;
        if (record.model.data() == nullptr) record.model = record.profile;
        if (record.model.data() == nullptr) {
            reading.reason = "modelId is missing";
            return;
        }
        if (!found.has_time && at == 0) {
            reading.reason = "timestamp is missing";
            return;
        }
        if (!found.has_time) record.logged_at = at;
        if (record.logged_at < first_time || record.logged_at >= end_of_time) {
            reading.reason = "timestamp is not between 2023 and the end of next year";
            return;
        }
        if (record.account_id.data() == nullptr) record.account_id = origin.account_text();
        if (record.region.data() == nullptr) record.region = origin.region_text();
        take_answer(record, found.answer, found.counted);
        record.caller = record.principal;
        const PrincipalParts parts = principal_parts(record.principal);
        if (parts.session.data() != nullptr && record.principal.size() > parts.session.size())
            record.caller = record.principal.substr(0, record.principal.size() - parts.session.size() - 1);
        if (!take_keys(record)) {
            reading.step = InvocationStep::out_of_memory;
            return;
        }
        reading.step = InvocationStep::record;
    }

    // Whether a first line is the header of what Logs Insights found; keeps its columns.
    bool is_header(Text line) noexcept
    {
        CsvReader header{line};
        CsvField field;
        if (!scratch.want(line.size())) return false;
        std::size_t message = no_column, time = no_column;
        for (std::size_t at = 0; at == 0 || field.step == CsvStep::field; ++at) {
            field = csv_next(header);
            if (field.step == CsvStep::broken) return false;
            const Text name = field_content(field.raw, scratch.at);
            if (is_word(name, "@message")) message = at;
            if (is_word(name, "@timestamp")) time = at;
        }
        if (message == no_column && time == no_column) return false;
        message_column = message;
        time_column = time;
        return true;
    }

    // The message of the next row waits to be read.
    void next_row() noexcept
    {
        CsvField message, time;
        std::size_t used = 0;
        const Cut result = file.cut_row(message_column, message, time_column, time, used);
        reading.line = queue_line = file.line;
        if (result != Cut::document) return end_cut(result);
        if (!scratch.want(message.raw.size() + time.raw.size())) {
            reading.step = InvocationStep::out_of_memory;
            return;
        }
        const Text content = field_content(message.raw, scratch.at);
        std::int64_t at = 0;
        read_time(field_content(time.raw, scratch.at + message.raw.size()), at);
        reading.step = queue.add(content, at) ? InvocationStep::skipped : InvocationStep::out_of_memory;
        file.pass(used);
    }

    // Nothing was cut off.
    void end_cut(Cut result) noexcept
    {
        switch (result) {
            case Cut::document:
                break;
            case Cut::end:
                reading.step = InvocationStep::end;
                if (file.fault.kind != ReadFaultKind::none) {
                    reading.step = file.fault.kind == ReadFaultKind::out_of_memory ? InvocationStep::out_of_memory
                                                                                   : InvocationStep::unreadable;
                    reading.reason = reason_of(file.fault.kind);
                    file.fault = ReadFault{};
                }
                break;
            case Cut::too_long:
            case Cut::broken:
                reading.step = file.drop_line() ? InvocationStep::malformed : InvocationStep::out_of_memory;
                reading.reason =
                    result == Cut::broken ? "a row of CSV whose quotes do not match" : "a document of more than 32 MB";
                break;
            case Cut::out_of_memory:
                reading.step = InvocationStep::out_of_memory;
                break;
        }
    }

    void next() noexcept
    {
        reading.reason = nullptr;
        if (!queue.empty()) {
            std::int64_t logged_at = 0;
            const Text text = queue.next(logged_at);
            reading.line = queue_line;
            const Text document = trimmed(text);
            // A subscription begins with a message that is none.
            if (document.empty() || document.front() != '{') {
                reading.step = InvocationStep::malformed;
                reading.reason = "a message that is no JSON object";
                return;
            }
            return read_document(document, logged_at, true, nullptr);
        }
        queue.clear();
        origin = path_origin;
        if (message_column != no_column) return next_row();

        Text document;
        std::size_t used = 0;
        std::int64_t at = 0;
        const Cut result = file.cut(document, used, at);
        reading.line = queue_line = file.line;
        if (result != Cut::document) return end_cut(result);
        const bool header = at_start && is_header(document);
        at_start = false;
        if (header) {
            file.pass(used);
            reading.step = InvocationStep::skipped;
            if (message_column != no_column) return;
            reading.step = InvocationStep::unreadable;
            reading.reason = no_message;
            file.stop();
            return;
        }
        std::size_t document_used = 0;
        read_document(document, at, false, &document_used);
        file.pass_document(document, used, document_used);
    }
};

InvocationReader *invocations_open(Text label_keys, std::int64_t end_of_time) noexcept
{
    auto *reader = new (std::nothrow) InvocationReader;
    if (reader == nullptr) return nullptr;
    reader->end_of_time = end_of_time;
    bool room = reader->attributes.kept != nullptr && reader->principals.kept != nullptr;
    // Folded once.
    for (const char byte : label_keys)
        if (is_alphanumeric(byte) || byte == '\n') {
            const char folded = lower(byte);
            room = room && reader->label_keys.add({&folded, 1});
        }
    if (!room) {
        delete reader;
        return nullptr;
    }
    return reader;
}

void invocations_close(InvocationReader *reader) noexcept
{
    delete reader;
}

int invocations_file(InvocationReader *reader, const char *path) noexcept
{
    reader->begin_file();
    const int problem = reader->file.open(path);
    if (problem == 0) read_path(path, reader->path_origin);
    return problem;
}

void invocations_text(InvocationReader *reader, Text text) noexcept
{
    reader->begin_file();
    reader->file.open_text(text);
}

const InvocationReading *invocations_next(InvocationReader *reader) noexcept
{
    reader->next();
    return &reader->reading;
}

}  // namespace bedrock_cost
