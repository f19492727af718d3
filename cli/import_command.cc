// `journeyctl import`.
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/sql_database.h"
#include "cli/sql_mapping.h"
#include "cli/text.h"
#include "cli/upload.h"

namespace journey::cli {
namespace {

struct ImportOptions {
  std::string mapping;
  std::vector<std::string> files;
  bool strict = false;
  bool dry_run = false;
};

// A CSV record that does not fit its header.
struct RaggedRecord {
  std::string path;
  int64_t line = 0;
  std::string reason;
};

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  if (!file) return LocalError(absl::StrCat(path, ": cannot be read"));
  return content.str();
}

// Everything of one import that is the same for all rows.
struct Import {
  std::unique_ptr<SqlDatabase> database;
  SqlMapping mapping;
  std::vector<RaggedRecord> ragged;
  // The line of each row, by its number, where the mapping tells.
  std::vector<int64_t> lines;
};

absl::StatusOr<Import> Prepare(const Invocation& invocation,
                               const ImportOptions& options) {
  const auto sql = ReadFile(options.mapping);
  if (!sql.ok()) return sql.status();
  auto database = SqlDatabase::Open(*invocation.environment.interrupt);
  if (!database.ok()) return database.status();
  Import import;
  import.database = *std::move(database);
  for (const std::string& path : options.files) {
    invocation.err() << "reading " << path << "\n";
    const auto table = import.database->LoadCsv(
        path, [&](int64_t line, const std::string& reason) {
          import.ragged.push_back({path, line, reason});
        });
    if (!table.ok()) return table.status();
  }
  invocation.err() << "running " << options.mapping << "\n";
  const absl::Status status = import.database->RunMapping(
      *sql, [&import](const std::vector<std::string>& columns) {
        auto mapping = SqlMapping::FromColumns(columns);
        if (!mapping.ok()) return mapping.status();
        import.mapping = *std::move(mapping);
        return absl::OkStatus();
      });
  if (!status.ok()) {
    return absl::Status(status.code(),
                        absl::StrCat(options.mapping, ": ", status.message()));
  }
  return import;
}

// Sends every row; the number of a row is its place in the SELECT.
absl::Status SendRows(Import& import, Upload& upload) {
  absl::Status result;
  int64_t number = 0;
  const absl::Status read =
      import.database->ForEachRow([&](const std::vector<Cell>& row) {
        if (!upload.WantsMore()) return false;
        ++number;
        import.lines.push_back(import.mapping.LineOf(row));
        auto touchpoint = import.mapping.Convert(row);
        if (touchpoint.ok()) {
          result = upload.Send(number, *std::move(touchpoint));
        } else {
          upload.Refuse(number, std::string(touchpoint.status().message()));
        }
        return result.ok();
      });
  return result.ok() ? read : result;
}

absl::StatusOr<int> RunImport(const Invocation& invocation,
                              const ImportOptions& options) {
  const auto settings =
      options.dry_run ? invocation.Resolve() : invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  const InterruptHandler orderly_end(*invocation.environment.interrupt,
                                     nullptr);
  auto import = Prepare(invocation, options);
  if (!import.ok()) return import.status();
  const auto rows = import->database->CountRows();
  if (!rows.ok()) return rows.status();
  UploadOptions upload_options;
  // Of several files a line does not tell which one it is of.
  const std::string file =
      options.files.size() == 1 ? options.files.front() + ": " : "";
  upload_options.row_name = [&import, file](int64_t row) {
    const int64_t line = import->lines[static_cast<size_t>(row - 1)];
    return line > 0 ? absl::StrCat(file, "line ", line)
                    : absl::StrCat("row ", row, " of the SELECT");
  };
  upload_options.rows_total = *rows;
  upload_options.strict = options.strict;
  upload_options.dry_run = options.dry_run;
  Upload upload(invocation, *settings, std::move(upload_options));
  for (const RaggedRecord& record : import->ragged) {
    upload.RefuseRecord(absl::StrCat(record.path, ": line ", record.line),
                        record.reason);
  }
  return upload.Finish(SendRows(*import, upload));
}

}  // namespace

void AddImportCommand(CLI::App& root, Invocation& invocation) {
  CLI::App* command = AddCommand(
      root, "import", "Turn CSV files into touchpoints by an SQL SELECT",
      "  journeyctl import --sql deploy/mappings/crm_sales.sql \\\n"
      "      sales_pipeline.csv.gz\n"
      "  journeyctl import --sql orders.sql --dry-run orders.csv "
      "customers.csv\n"
      "Each file becomes a table named after it; the columns of the SELECT\n"
      "are fields of a touchpoint (docs/IMPORT.md). Ctrl-C ends in an orderly\n"
      "way; repeating the command adds nothing twice.");
  auto options = std::make_shared<ImportOptions>();
  command->add_option("--sql", options->mapping, "The mapping")
      ->required()
      ->type_name("FILE");
  command->add_option("files", options->files, "CSV files, also gzipped")
      ->required()
      ->type_name("FILE");
  command->add_flag("--strict", options->strict,
                    "End at the first refused row");
  command->add_flag("--dry-run", options->dry_run,
                    "Print the touchpoints, send nothing");
  OnRun(*command, invocation, options, RunImport);
}

}  // namespace journey::cli
