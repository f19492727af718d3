// What `append` and `import` have in common: sending rows, reporting those
// that are refused, and the summary.
#ifndef CLI_UPLOAD_H_
#define CLI_UPLOAD_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/append_sender.h"
#include "cli/client.h"
#include "cli/invocation.h"
#include "cli/progress.h"

namespace journey::cli {

struct UploadOptions {
  // What a row is called in reports, for example "orders.csv: line 7".
  std::function<std::string(int64_t row)> row_name;
  // Rows in all; 0 where not known.
  int64_t rows_total = 0;
  // End at the first refused row.
  bool strict = false;
  // Print the touchpoints instead of sending them.
  bool dry_run = false;
};

// While it lives, Ctrl-C asks for an orderly end. Not thread-safe.
class Upload {
 public:
  Upload(const Invocation& invocation, const Settings& settings,
         UploadOptions options);

  // False when no more rows are wanted: after Ctrl-C, or after a refusal
  // where strict.
  [[nodiscard]] bool WantsMore() const;

  // Sends one row. An error ends everything.
  [[nodiscard]] absl::Status Send(int64_t row, v1::Touchpoint touchpoint);

  // Reports a row that cannot even be sent.
  void Refuse(int64_t row, const std::string& reason);

  // The same for something that never became a row.
  void RefuseRecord(const std::string& name, const std::string& reason);

  // Sends what waits, without waiting for more to fill a batch.
  [[nodiscard]] absl::Status Flush();

  // Waits for every answer, prints the summary and returns the exit code.
  // `status` is the error that ended the reading, if any.
  [[nodiscard]] absl::StatusOr<int> Finish(absl::Status status);

 private:
  // The first refusals are shown one by one, the others are counted.
  void Report(const std::string& name, const std::string& reason);
  void PrintSummary();
  [[nodiscard]] int64_t rows_done() const;
  [[nodiscard]] int64_t refused() const;

  const Invocation& invocation_;
  const UploadOptions options_;
  const int64_t started_;
  InterruptHandler interrupt_handler_;
  std::unique_ptr<v1::TouchpointService::StubInterface> stub_;
  Progress progress_;
  AppendSender sender_;
  int64_t refused_here_ = 0;
  int64_t printed_ = 0;
};

}  // namespace journey::cli

#endif  // CLI_UPLOAD_H_
