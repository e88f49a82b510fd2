// SPDX-License-Identifier: PostgreSQL
// Files of the database server, for roles that may read them: what lies under a path, and the text of one file.
// Directories are PostgreSQL's own (AllocateDir), files are the core's, which unpacks them: an error or a cancel closes
// both.
#include "server_file.hpp"
#include "pg/read_fault.hpp"

#include <bedrock_cost/lines.hpp>

extern "C" {
#include <fnmatch.h>
#include <sys/stat.h>

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
}

using namespace bedrock_cost;
using namespace bedrock_cost::pg;

namespace {

constexpr std::size_t text_limit = 64u << 20;
// A cancel waits for so much at most.
constexpr std::size_t read_at_once = 1u << 20;

struct Place {
    dev_t device;
    ino_t number;
};

struct FoundFile {
    char *path;
    int64 bytes;
    TimestampTz modified;
    Place place;
};

// What was found so far. Places of directories and files keep what a symbolic link points to from being read twice.
struct Listing {
    HTAB *places;
    FoundFile *files;
    std::size_t count;
    std::size_t capacity;
    char **links;
    std::size_t link_count;
    std::size_t link_capacity;
};

template <class Element>
void make_room(Element *&elements, std::size_t count, std::size_t &capacity)
{
    if (count < capacity) return;
    capacity = capacity == 0 ? 64 : 2 * capacity;
    const Size size = capacity * sizeof(Element);
    elements = static_cast<Element *>(elements == nullptr ? palloc_extended(size, MCXT_ALLOC_HUGE)
                                                          : repalloc_huge(elements, size));
}

bool is_new(const Listing &listing, const struct stat &status)
{
    Place place;
    // Padding is part of the key.
    memset(&place, 0, sizeof(place));
    place.device = status.st_dev;
    place.number = status.st_ino;
    bool found = false;
    hash_search(listing.places, &place, HASH_ENTER, &found);
    return !found;
}

void add_file(Listing &listing, const char *path, const struct stat &status)
{
    make_room(listing.files, listing.count, listing.capacity);
    listing.files[listing.count++] = {pstrdup(path),
                                      static_cast<int64>(status.st_size),
                                      time_t_to_timestamptz(status.st_mtim.tv_sec) + status.st_mtim.tv_nsec / 1000,
                                      {status.st_dev, status.st_ino}};
}

void add_link(Listing &listing, const char *path)
{
    make_room(listing.links, listing.link_count, listing.link_capacity);
    listing.links[listing.link_count++] = pstrdup(path);
}

bool left_out(const char *name)
{
    const std::size_t length = strlen(name);
    return name[0] == '.' || (length >= 4 && strcmp(name + length - 4, ".tmp") == 0);
}

char *below(const char *directory, const char *name)
{
    const int encoding = GetDatabaseEncoding() == PG_SQL_ASCII ? PG_SQL_ASCII : PG_UTF8;
    if (!pg_verify_mbstr(encoding, name, static_cast<int>(strlen(name)), true))
        ereport(ERROR, (errcode(ERRCODE_CHARACTER_NOT_IN_REPERTOIRE),
                        errmsg("a file name in directory \"%s\" is no UTF-8 text", shown(directory)),
                        errhint("Rename or remove that file.")));
    return psprintf("%s/%s", strcmp(directory, "/") == 0 ? "" : directory, name);
}

// Opens a directory; one that is gone meanwhile gives none, one that may not be read is an error.
DIR *open_directory(const char *path)
{
    DIR *directory = AllocateDir(path);
    if (directory == nullptr && errno != ENOENT && errno != ENOTDIR) raise_unreadable("open directory", path);
    return directory;
}

void add_tree(Listing &listing, const char *path)
{
    check_stack_depth();
    DIR *directory = open_directory(path);
    if (directory == nullptr) return;
    // Names first: a deep tree would hold a descriptor a level otherwise.
    char **names = nullptr;
    std::size_t count = 0;
    std::size_t capacity = 0;
    while (const struct dirent *entry = ReadDir(directory, path)) {
        CHECK_FOR_INTERRUPTS();
        if (left_out(entry->d_name)) continue;
        make_room(names, count, capacity);
        names[count++] = pstrdup(entry->d_name);
    }
    FreeDir(directory);
    for (std::size_t i = 0; i < count; ++i) {
        CHECK_FOR_INTERRUPTS();
        char *child = below(path, names[i]);
        struct stat status;
        if (lstat(child, &status) != 0) {
            if (errno != ENOENT) raise_unreadable("read", child);
        } else if (S_ISLNK(status.st_mode)) {
            add_link(listing, child);
        } else if (S_ISDIR(status.st_mode)) {
            if (is_new(listing, status)) add_tree(listing, child);
        } else if (S_ISREG(status.st_mode)) {
            is_new(listing, status);
            add_file(listing, child, status);
        }
        pfree(child);
        pfree(names[i]);
    }
    if (names != nullptr) pfree(names);
}

int by_bytes(const void *one, const void *two)
{
    return strcmp(*static_cast<char *const *>(one), *static_cast<char *const *>(two));
}

// Symbolic links come last and in order, directories before files, so that what they point to is listed under its own
// name where it has one here. Hard links are files of their own: a backup may consist of them.
void follow_links(Listing &listing)
{
    char **to_files = nullptr;
    std::size_t file_count = 0;
    std::size_t file_capacity = 0;
    while (listing.link_count > 0) {
        char **links = listing.links;
        const std::size_t count = listing.link_count;
        listing.links = nullptr;
        listing.link_count = listing.link_capacity = 0;
        qsort(links, count, sizeof(*links), by_bytes);
        for (std::size_t i = 0; i < count; ++i) {
            CHECK_FOR_INTERRUPTS();
            struct stat status;
            if (stat(links[i], &status) != 0) raise_unreadable("follow symbolic link", links[i]);
            if (S_ISREG(status.st_mode)) {
                make_room(to_files, file_count, file_capacity);
                to_files[file_count++] = links[i];
            } else if (S_ISDIR(status.st_mode) && is_new(listing, status)) {
                add_tree(listing, links[i]);
            }
        }
    }
    for (std::size_t i = 0; i < file_count; ++i) {
        struct stat status;
        if (stat(to_files[i], &status) != 0) raise_unreadable("follow symbolic link", to_files[i]);
        if (is_new(listing, status)) add_file(listing, to_files[i], status);
    }
}

// A file, or a directory with all below it.
void add_path(Listing &listing, const char *path, bool named)
{
    struct stat status;
    if (lstat(path, &status) != 0) raise_unreadable("read", path);
    if (S_ISLNK(status.st_mode) && stat(path, &status) != 0) raise_unreadable("follow symbolic link", path);
    if (S_ISDIR(status.st_mode)) {
        if (is_new(listing, status)) add_tree(listing, path);
    } else if (S_ISREG(status.st_mode)) {
        is_new(listing, status);
        add_file(listing, path, status);
    } else if (named) {
        ereport(ERROR,
                (errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is neither a file nor a directory", shown(path))));
    }
}

// What a pattern matches below a directory, one part of the path at a time. A part without *, ? and [ is a name.
// linked: the directory was reached through a symbolic link.
void add_matches(Listing &listing, const char *directory, const char *pattern, bool linked)
{
    check_stack_depth();
    while (*pattern == '/') ++pattern;
    if (*pattern == '\0') return linked ? add_link(listing, directory) : add_path(listing, directory, false);
    const char *slash = strchr(pattern, '/');
    char *part = slash == nullptr ? pstrdup(pattern) : pnstrdup(pattern, static_cast<Size>(slash - pattern));
    const char *rest = slash == nullptr ? "" : slash;
    char **names = nullptr;
    std::size_t count = 0;
    std::size_t capacity = 0;
    if (strpbrk(part, "*?[\\") == nullptr) {
        make_room(names, count, capacity);
        names[count++] = part;
    } else {
        DIR *opened = open_directory(directory);
        if (opened == nullptr) return;
        while (const struct dirent *entry = ReadDir(opened, directory)) {
            CHECK_FOR_INTERRUPTS();
            if (left_out(entry->d_name) || fnmatch(part, entry->d_name, FNM_PERIOD) != 0) continue;
            make_room(names, count, capacity);
            names[count++] = pstrdup(entry->d_name);
        }
        FreeDir(opened);
    }
    for (std::size_t i = 0; i < count; ++i) {
        CHECK_FOR_INTERRUPTS();
        const char *child = below(directory, names[i]);
        struct stat status;
        if (lstat(child, &status) == 0)
            add_matches(listing, child, rest, linked || S_ISLNK(status.st_mode));
        else if (errno != ENOENT && errno != ENOTDIR)
            raise_unreadable("read", child);
    }
}

void close_source(void *file)
{
    file_close(static_cast<Source *>(file));
}

void check_source(const Source *file, const char *path)
{
    const ReadFault fault = file_fault(file);
    if (fault.kind != ReadFaultKind::none) raise_read_fault(fault, path, {});
}

// Closed with the context, whatever comes in between.
Source *open_source(const char *path, MemoryContext work)
{
    auto *release = static_cast<MemoryContextCallback *>(MemoryContextAllocZero(work, sizeof(MemoryContextCallback)));
    release->func = close_source;
    Source *file = file_open(path);
    if (file == nullptr) raise_out_of_memory("out of memory for reading a file");
    release->arg = file;
    MemoryContextRegisterResetCallback(work, release);
    check_source(file, path);
    return file;
}

int by_path(const void *one, const void *two)
{
    return strcmp(static_cast<const FoundFile *>(one)->path, static_cast<const FoundFile *>(two)->path);
}

}  // namespace

SQL_FUNCTION(bedrock_server_files)
{
    require_right_to_read();
    char *path = path_argument(fcinfo);

    HASHCTL control;
    memset(&control, 0, sizeof(control));
    control.keysize = control.entrysize = sizeof(Place);
    control.hcxt = CurrentMemoryContext;
    Listing listing{};
    listing.places = hash_create("places of files", 256, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);

    struct stat status;
    // A name that exists is taken at its word, whatever characters it has.
    if (strpbrk(path, "*?[") == nullptr || lstat(path, &status) == 0) {
        add_path(listing, path, true);
        follow_links(listing);
    } else {
        add_matches(listing, "/", path, false);
        follow_links(listing);
        if (listing.count == 0)
            ereport(ERROR,
                    (errcode(ERRCODE_UNDEFINED_FILE), errmsg("no file matches \"%s\"", shown(path)),
                     errdetail("The pattern is matched on the database server: * and ? stay within one directory, "
                               "hidden files and *.tmp are left out.")));
    }
    if (listing.count > 0) qsort(listing.files, listing.count, sizeof(FoundFile), by_path);

    InitMaterializedSRF(fcinfo, 0);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    for (std::size_t i = 0; i < listing.count; ++i) {
        CHECK_FOR_INTERRUPTS();
        const FoundFile &file = listing.files[i];
        char identity[64];
        snprintf(identity, sizeof identity, "%llu:%llu", static_cast<unsigned long long>(file.place.device),
                 static_cast<unsigned long long>(file.place.number));
        const char *name = try_server_text(file.path);
        if (name == nullptr)
            ereport(ERROR,
                    (errcode(ERRCODE_UNTRANSLATABLE_CHARACTER),
                     errmsg("the name of the file \"%s\" has a character that the encoding %s of the database lacks",
                            shown(file.path), GetDatabaseEncodingName()),
                     errhint("Rename it, or load it into a database in UTF-8.")));
        Datum values[] = {CStringGetTextDatum(name), Int64GetDatum(file.bytes), TimestampTzGetDatum(file.modified),
                          CStringGetTextDatum(identity)};
        bool nulls[] = {false, false, false, false};
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
        pfree(DatumGetPointer(values[0]));
        pfree(DatumGetPointer(values[3]));
    }
    return static_cast<Datum>(0);
}

SQL_FUNCTION(bedrock_server_file_text)
{
    require_right_to_read();
    const char *path = path_argument(fcinfo);

    struct stat status;
    // Asked before it is opened: opening a pipe would wait for its writer.
    if (stat(path, &status) != 0) raise_unreadable("read file", path);
    if (!S_ISREG(status.st_mode))
        ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not a file", shown(path)),
                        S_ISDIR(status.st_mode) ? errhint("List its files with bedrock.server_files.") : 0));
    // The size of a packed file is only known at its end, so the limit is counted on what comes out of it.
    const MemoryContext work = AllocSetContextCreate(CurrentMemoryContext, "a file being read", ALLOCSET_SMALL_SIZES);
    Source *file = open_source(path, work);
    std::size_t capacity = Min(static_cast<std::size_t>(status.st_size), text_limit) + 1;
    std::size_t size = 0;
    auto *bytes = static_cast<char *>(palloc(capacity + 1));
    for (;;) {
        CHECK_FOR_INTERRUPTS();
        const std::size_t wanted = Min(capacity - size, read_at_once);
        const std::size_t got = file_read(file, bytes + size, wanted);
        check_source(file, path);
        size += got;
        if (size > text_limit)
            ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
                            errmsg("file \"%s\" has more than %zu bytes", shown(path), text_limit),
                            errhint("Load data files of an export with bedrock.load_cur.")));
        if (got < wanted) break;
        if (size < capacity) continue;
        capacity = Min(2 * capacity, text_limit + 1);
        bytes = static_cast<char *>(repalloc(bytes, capacity + 1));
    }
    MemoryContextDelete(work);
    bytes[size] = '\0';

    if (memchr(bytes, '\0', size) != nullptr)
        ereport(ERROR, (errcode(ERRCODE_CHARACTER_NOT_IN_REPERTOIRE), errmsg("file \"%s\" is no text", shown(path)),
                        errdetail("It has a byte of value zero at position %zu.", strlen(bytes))));
    if (!pg_verify_mbstr(PG_UTF8, bytes, static_cast<int>(size), true))
        ereport(ERROR,
                (errcode(ERRCODE_CHARACTER_NOT_IN_REPERTOIRE), errmsg("file \"%s\" is no UTF-8 text", shown(path))));
    const std::size_t mark = size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    const char *converted = pg_any_to_server(bytes + mark, static_cast<int>(size - mark), PG_UTF8);
    return CStringGetTextDatum(converted);
}
