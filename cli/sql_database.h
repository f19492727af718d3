// A temporary SQLite database that a mapping runs in.
#ifndef CLI_SQL_DATABASE_H_
#define CLI_SQL_DATABASE_H_

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/field_path.h"
#include "cli/interrupt.h"

namespace journey::cli {

// Not thread-safe.
class SqlDatabase {
 public:
  // `interrupt` ends long statements; it outlives the database.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<SqlDatabase>> Open(
      const Interrupt& interrupt);

  // Loads a CSV file into a table named after the file ("orders.csv.gz" →
  // orders), all columns TEXT; `rowid` is the line on which the record
  // begins. `on_ragged(line, reason)` gets the records whose number of fields
  // differs from the header's; they are left out. Returns the table's name.
  [[nodiscard]] absl::StatusOr<std::string> LoadCsv(
      const std::string& path,
      const std::function<void(int64_t line, const std::string& reason)>&
          on_ragged);

  // Runs a mapping: every statement but the last prepares, the last one is
  // the SELECT. `on_columns` checks the columns' names before anything long
  // runs. Errors name the line of the mapping.
  [[nodiscard]] absl::Status RunMapping(
      const std::string& sql,
      const std::function<absl::Status(const std::vector<std::string>&)>&
          on_columns);

  // How many rows the SELECT gave.
  [[nodiscard]] absl::StatusOr<int64_t> CountRows();

  // Calls `on_row` for each of them, in order, until it returns false.
  [[nodiscard]] absl::Status ForEachRow(
      const std::function<bool(const std::vector<Cell>&)>& on_row);

 private:
  struct Closer {
    void operator()(sqlite3* db) const { sqlite3_close(db); }
    void operator()(sqlite3_stmt* statement) const {
      sqlite3_finalize(statement);
    }
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Closer>;

  // One statement of a mapping and where it begins.
  struct SqlPiece {
    size_t offset = 0;
    std::string text;
  };

  SqlDatabase() = default;

  [[nodiscard]] std::vector<SqlPiece> SplitStatements(
      const std::string& sql) const;
  [[nodiscard]] absl::StatusOr<Statement> PrepareAt(const std::string& sql,
                                                    const SqlPiece& piece);

  [[nodiscard]] absl::Status Execute(const std::string& sql);
  [[nodiscard]] absl::StatusOr<Statement> Prepare(const std::string& sql);
  [[nodiscard]] absl::StatusOr<Statement> MakeTable(
      const std::string& table, const std::vector<std::string>& columns);
  [[nodiscard]] absl::Status Step(sqlite3_stmt* statement);
  [[nodiscard]] absl::Status Error() const;

  std::unique_ptr<sqlite3, Closer> db_;
};

}  // namespace journey::cli

#endif  // CLI_SQL_DATABASE_H_
