#include "cli/sql_database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SqlDatabaseTest : public ::testing::Test {
 protected:
  SqlDatabaseTest() : database_(*cli::SqlDatabase::Open(interrupt_)) {
    const std::string path = directory_.Join("orders.csv");
    WriteFile(path, "id,note text\n1,\"a\nb\"\n2,\n");
    EXPECT_EQ(
        *database_->LoadCsv(path, [](int64_t, const std::string&) { FAIL(); }),
        "orders");
  }

  absl::Status Map(const std::string& sql) {
    return database_->RunMapping(sql, [this](const auto& columns) {
      columns_ = columns;
      return absl::OkStatus();
    });
  }

  std::string MapError(const std::string& sql) {
    return std::string(Map(sql).message());
  }

  // The rows of the last SELECT, fields joined by "|", numbers marked "#".
  std::vector<std::string> Rows() {
    std::vector<std::string> rows;
    EXPECT_TRUE(database_
                    ->ForEachRow([&rows](const std::vector<cli::Cell>& cells) {
                      std::string row;
                      for (const cli::Cell& cell : cells) {
                        if (!row.empty()) row += "|";
                        if (cell.is_number) row += "#";
                        row += std::string(cell.text);
                      }
                      rows.push_back(row);
                      return true;
                    })
                    .ok());
    return rows;
  }

  cli::Interrupt interrupt_;
  TempDir directory_;
  std::unique_ptr<cli::SqlDatabase> database_;
  std::vector<std::string> columns_;
};

TEST_F(SqlDatabaseTest, LoadsTextsAndLineNumbers) {
  ASSERT_TRUE(Map("SELECT rowid, id, \"note text\" FROM orders").ok());
  EXPECT_THAT(Rows(), ElementsAre("#2|1|a\nb", "#4|2|"));
  EXPECT_EQ(*database_->CountRows(), 2);
}

TEST_F(SqlDatabaseTest, RunsEveryStatementButTheLastAsPreparation) {
  ASSERT_TRUE(Map("-- a; comment\n"
                  "CREATE TEMP VIEW v AS SELECT id || ';' AS x FROM orders;\n"
                  "/* another; */ CREATE INDEX i ON orders (id);;\n"
                  "WITH w AS (SELECT x FROM v) SELECT x AS \"a.b\" FROM w "
                  "ORDER BY x DESC;\n"
                  "-- the end;\n")
                  .ok());
  EXPECT_THAT(columns_, ElementsAre("a.b"));
  EXPECT_THAT(Rows(), ElementsAre("2;", "1;"));
}

TEST_F(SqlDatabaseTest, MistakesNameTheLineOfTheMapping) {
  EXPECT_EQ(MapError("SELECT 1;\nSELECT nowhere\nFROM orders"),
            "line 2: no such column: nowhere");
  EXPECT_EQ(MapError("SELECT id\nFROM orders\nWERE 1 = 1"),
            "line 3: near \"1\": syntax error");
  EXPECT_EQ(MapError("\n\nCREATE INDEX i ON nowhere (x);\nSELECT 1"),
            "line 3: no such table: main.nowhere");
  EXPECT_EQ(MapError("SELECT 1;\nDELETE FROM orders"),
            "line 2: the last statement must be a SELECT");
  EXPECT_EQ(MapError("-- nothing\n"), "there is no statement");
}

TEST_F(SqlDatabaseTest, ReportsRaggedRecordsAndLoadsTheOthers) {
  const std::string path = directory_.Join("ragged.csv.gz");
  WriteFile(path, "a,b\n1,2\n3\n4,5,6\n7,8\n");
  std::vector<std::string> reports;
  ASSERT_TRUE(database_
                  ->LoadCsv(path,
                            [&reports](int64_t line, const std::string& why) {
                              reports.push_back(std::to_string(line) + " " +
                                                why);
                            })
                  .ok());
  EXPECT_THAT(reports, ElementsAre("3 has 1 fields, the header has 2",
                                   "4 has 3 fields, the header has 2"));
  ASSERT_TRUE(Map("SELECT a || b FROM ragged").ok());
  EXPECT_THAT(Rows(), ElementsAre("12", "78"));
}

TEST_F(SqlDatabaseTest, RefusesFilesThatMakeNoTable) {
  const auto ignore = [](int64_t, const std::string&) {};
  const std::string path = directory_.Join("bad.csv");
  WriteFile(path, "");
  EXPECT_THAT(std::string(database_->LoadCsv(path, ignore).status().message()),
              HasSubstr("has no header line"));
  WriteFile(path, "a,A\n1,2\n");
  EXPECT_THAT(std::string(database_->LoadCsv(path, ignore).status().message()),
              HasSubstr("duplicate column name"));
}

TEST_F(SqlDatabaseTest, CtrlCEndsALongStatement) {
  interrupt_.Request();
  const absl::Status status =
      Map("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
          "SELECT count(*) FROM n");
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace journey::testing
