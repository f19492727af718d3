#include "cli/sql_database.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cli/csv.h"
#include "cli/failure.h"

namespace journey::cli {
namespace {

// The private database lives in memory up to the cache's size, then in a
// temporary file that SQLite removes by itself.
constexpr char kPrepare[] =
    "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
    "PRAGMA temp_store=FILE; PRAGMA cache_size=-65536;";
constexpr char kRowsTable[] = "temp.journeyctl_rows";
constexpr int kStepsBetweenChecks = 100'000;

std::string Quoted(absl::string_view name) {
  return absl::StrCat("\"", absl::StrReplaceAll(name, {{"\"", "\"\""}}), "\"");
}

// "data/orders.csv.gz" → "orders".
std::string StemOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash != absl::string_view::npos) path.remove_prefix(slash + 1);
  return std::string(path.substr(0, path.find('.', 1)));
}

// The error with the line of the mapping it stems from.
absl::Status AtLine(const std::string& sql, size_t offset,
                    const absl::Status& status) {
  while (offset < sql.size() && absl::ascii_isspace(sql[offset])) ++offset;
  const auto end = sql.begin() + static_cast<int64_t>(offset);
  return absl::Status(
      status.code(),
      absl::StrCat("line ", 1 + std::count(sql.begin(), end, '\n'), ": ",
                   status.message()));
}

// True for blanks and comments: SQLite finds no statement there. The check
// needs no tables, because an unknown table is found out only after a keyword.
bool IsEmptySql(sqlite3* db, const std::string& text) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v2(db, text.c_str(), -1, &statement, nullptr);
  const bool empty = code == SQLITE_OK && statement == nullptr;
  sqlite3_finalize(statement);
  return empty;
}

}  // namespace

absl::Status SqlDatabase::Error() const {
  if (sqlite3_errcode(db_.get()) == SQLITE_INTERRUPT) {
    return absl::CancelledError("interrupted");
  }
  return LocalError(sqlite3_errmsg(db_.get()));
}

absl::StatusOr<std::unique_ptr<SqlDatabase>> SqlDatabase::Open(
    const Interrupt& interrupt) {
  auto database = std::unique_ptr<SqlDatabase>(new SqlDatabase());
  sqlite3* db = nullptr;
  const int code = sqlite3_open("", &db);
  database->db_.reset(db);
  if (code != SQLITE_OK) return LocalError("SQLite cannot be opened");
  sqlite3_progress_handler(
      db, kStepsBetweenChecks,
      [](void* asked) {
        return static_cast<const Interrupt*>(asked)->requested() ? 1 : 0;
      },
      const_cast<Interrupt*>(&interrupt));
  absl::Status status = database->Execute(kPrepare);
  if (!status.ok()) return status;
  return database;
}

std::vector<SqlDatabase::SqlPiece> SqlDatabase::SplitStatements(
    const std::string& sql) const {
  std::vector<SqlPiece> pieces;
  size_t begin = 0;
  while (begin < sql.size()) {
    // A semicolon may stand in a text, a comment or a trigger; SQLite knows.
    size_t end = begin;
    do {
      const size_t semicolon = sql.find(';', end);
      end = semicolon == std::string::npos ? sql.size() : semicolon + 1;
    } while (end < sql.size() &&
             sqlite3_complete(sql.substr(begin, end - begin).c_str()) == 0);
    SqlPiece piece = {begin, sql.substr(begin, end - begin)};
    if (!IsEmptySql(db_.get(), piece.text)) pieces.push_back(std::move(piece));
    begin = end;
  }
  return pieces;
}

absl::Status SqlDatabase::Execute(const std::string& sql) {
  if (sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr) !=
      SQLITE_OK) {
    return Error();
  }
  return absl::OkStatus();
}

absl::StatusOr<SqlDatabase::Statement> SqlDatabase::Prepare(
    const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(db_.get(), sql.c_str(), static_cast<int>(sql.size()),
                         &statement, nullptr) != SQLITE_OK) {
    return Error();
  }
  return Statement(statement);
}

absl::Status SqlDatabase::Step(sqlite3_stmt* statement) {
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) code = sqlite3_step(statement);
  absl::Status status = code == SQLITE_DONE ? absl::OkStatus() : Error();
  sqlite3_reset(statement);
  return status;
}

absl::StatusOr<SqlDatabase::Statement> SqlDatabase::MakeTable(
    const std::string& table, const std::vector<std::string>& columns) {
  std::string list;
  std::string marks = "?";
  for (const std::string& column : columns) {
    absl::StrAppend(&list, list.empty() ? "" : ", ", Quoted(column), " TEXT");
    absl::StrAppend(&marks, ",?");
  }
  absl::Status status =
      Execute(absl::StrCat("CREATE TABLE ", Quoted(table), " (", list, ")"));
  if (!status.ok()) return status;
  list.clear();
  for (const std::string& column : columns) {
    absl::StrAppend(&list, ", ", Quoted(column));
  }
  return Prepare(absl::StrCat("INSERT INTO ", Quoted(table), " (rowid", list,
                              ") VALUES (", marks, ")"));
}

absl::StatusOr<std::string> SqlDatabase::LoadCsv(
    const std::string& path,
    const std::function<void(int64_t, const std::string&)>& on_ragged) {
  auto reader = CsvReader::Open(path);
  if (!reader.ok()) return reader.status();
  std::vector<std::string> fields;
  auto more = (*reader)->Next(fields);
  if (!more.ok()) return more.status();
  if (!*more) return LocalError(absl::StrCat(path, ": has no header line"));
  const size_t columns = fields.size();
  const std::string table = StemOf(path);
  auto insert = MakeTable(table, fields);
  if (!insert.ok()) {
    return LocalError(absl::StrCat(path, ": ", insert.status().message()));
  }
  absl::Status status = Execute("BEGIN");
  while (status.ok()) {
    more = (*reader)->Next(fields);
    if (!more.ok()) return more.status();
    if (!*more) break;
    if (fields.size() != columns) {
      on_ragged((*reader)->line(),
                absl::StrCat("has ", fields.size(), " fields, the header has ",
                             columns));
      continue;
    }
    sqlite3_bind_int64(insert->get(), 1, (*reader)->line());
    for (size_t i = 0; i < columns; ++i) {
      sqlite3_bind_text(insert->get(), static_cast<int>(i) + 2,
                        fields[i].data(), static_cast<int>(fields[i].size()),
                        SQLITE_STATIC);
    }
    status = Step(insert->get());
  }
  if (status.ok()) status = Execute("COMMIT");
  if (!status.ok()) return status;
  return table;
}

absl::StatusOr<SqlDatabase::Statement> SqlDatabase::PrepareAt(
    const std::string& sql, const SqlPiece& piece) {
  auto statement = Prepare(piece.text);
  if (statement.ok()) return statement;
  const int place = sqlite3_error_offset(db_.get());
  return AtLine(sql, piece.offset + (place < 0 ? 0 : place),
                UsageError(statement.status().message()));
}

absl::Status SqlDatabase::RunMapping(
    const std::string& sql,
    const std::function<absl::Status(const std::vector<std::string>&)>&
        on_columns) {
  const std::vector<SqlPiece> pieces = SplitStatements(sql);
  if (pieces.empty()) return UsageError("there is no statement");
  for (size_t i = 0; i + 1 < pieces.size(); ++i) {
    const auto statement = PrepareAt(sql, pieces[i]);
    if (!statement.ok()) return statement.status();
    absl::Status status = Step(statement->get());
    if (!status.ok()) return AtLine(sql, pieces[i].offset, status);
  }
  const SqlPiece& last = pieces.back();
  auto select = PrepareAt(sql, last);
  if (!select.ok()) return select.status();
  if (sqlite3_column_count(select->get()) == 0 ||
      sqlite3_stmt_readonly(select->get()) == 0) {
    return AtLine(sql, last.offset,
                  UsageError("the last statement must be a SELECT"));
  }
  const int count = sqlite3_column_count(select->get());
  std::vector<std::string> columns;
  columns.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    columns.emplace_back(sqlite3_column_name(select->get(), i));
  }
  absl::Status status = on_columns(columns);
  if (!status.ok()) return status;
  select->reset();
  status =
      Execute(absl::StrCat("CREATE TABLE ", kRowsTable, " AS ", last.text));
  return status.ok() ? status : AtLine(sql, last.offset, status);
}

absl::StatusOr<int64_t> SqlDatabase::CountRows() {
  auto count = Prepare(absl::StrCat("SELECT count(*) FROM ", kRowsTable));
  if (!count.ok()) return count.status();
  if (sqlite3_step(count->get()) != SQLITE_ROW) return Error();
  return sqlite3_column_int64(count->get(), 0);
}

absl::Status SqlDatabase::ForEachRow(
    const std::function<bool(const std::vector<Cell>&)>& on_row) {
  auto rows =
      Prepare(absl::StrCat("SELECT * FROM ", kRowsTable, " ORDER BY rowid"));
  if (!rows.ok()) return rows.status();
  sqlite3_stmt* row = rows->get();
  std::vector<Cell> cells(static_cast<size_t>(sqlite3_column_count(row)));
  int code = sqlite3_step(row);
  for (; code == SQLITE_ROW; code = sqlite3_step(row)) {
    for (size_t i = 0; i < cells.size(); ++i) {
      const int column = static_cast<int>(i);
      const int type = sqlite3_column_type(row, column);
      cells[i].is_number = type == SQLITE_INTEGER || type == SQLITE_FLOAT;
      const auto* text = sqlite3_column_text(row, column);
      cells[i].text =
          text == nullptr
              ? absl::string_view()
              : absl::string_view(
                    reinterpret_cast<const char*>(text),
                    static_cast<size_t>(sqlite3_column_bytes(row, column)));
    }
    if (!on_row(cells)) return absl::OkStatus();
  }
  return code == SQLITE_DONE ? absl::OkStatus() : Error();
}

}  // namespace journey::cli
