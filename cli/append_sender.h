// Sends touchpoints by AppendStream, in batches, many at once.
#ifndef CLI_APPEND_SENDER_H_
#define CLI_APPEND_SENDER_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/sync_stream.h"
#include "journey/v1/touchpoint_service.grpc.pb.h"

namespace journey::cli {

struct SenderOptions {
  std::string tenant;
  int batch_touchpoints = 500;
  size_t batch_bytes = size_t{3} * 1024 * 1024;
  // Batches on their way at once.
  size_t window_batches = 8;
  // Send no row after the first refused one (rows must be rising).
  bool stop_at_refusal = false;
  // How long to keep trying while the server is away, once it has answered.
  absl::Duration patience = absl::Seconds(30);
};

// What became of the rows.
struct SenderTotals {
  int64_t appended = 0;
  int64_t repeated = 0;
  int64_t refused = 0;
  // Links that bind nobody, of what was appended.
  int64_t inert_links = 0;
  // Of those appended or repeated, under ids that were retracted.
  int64_t retracted = 0;
};

// A refused batch is sent again without the rows that the server named; a
// batch refused without naming rows is halved until the row is found. After
// an interrupted connection the batches without an answer are sent again,
// which is safe because the server recognises repeats. Not thread-safe.
class AppendSender {
 public:
  // Called for each row that the server refuses.
  using OnRefused = std::function<void(int64_t row, const std::string& reason)>;
  // Waits; returns false to give up.
  using Sleep = std::function<bool(absl::Duration)>;

  // `stub` outlives the sender.
  AppendSender(v1::TouchpointService::StubInterface& stub,
               SenderOptions options, OnRefused on_refused, Sleep sleep);
  ~AppendSender();
  AppendSender(const AppendSender&) = delete;
  AppendSender& operator=(const AppendSender&) = delete;

  // Takes one row; `row` is its name in reports. May wait for answers. An
  // error ends everything: the server is away or refuses every batch.
  [[nodiscard]] absl::Status Add(int64_t row, v1::Touchpoint touchpoint);

  // Sends what waits and waits for every answer; more rows may follow.
  [[nodiscard]] absl::Status Drain();

  // The same, and ends the stream.
  [[nodiscard]] absl::Status Finish();

  [[nodiscard]] const SenderTotals& totals() const { return totals_; }
  // Rows taken that no answer has come for.
  [[nodiscard]] int64_t unanswered() const;

 private:
  struct Batch {
    std::vector<int64_t> rows;
    v1::AppendStreamRequest request;
  };
  using Stream = grpc::ClientReaderWriterInterface<v1::AppendStreamRequest,
                                                   v1::AppendStreamResponse>;

  void StartBatch();
  void CloseBatch();
  // Drops rows that are not to be sent any more after a refusal.
  void DropUnwanted(Batch& batch) const;
  // Writes batches while the window has room, and reads answers: until the
  // window has room again, or until there is nothing left to wait for.
  absl::Status Pump(bool drain);
  // Opens the stream where there is none.
  void OpenStream();
  // Ends the stream; batches without an answer wait again. The error of the
  // stream, or OK where trying again makes sense.
  absl::Status Recover();
  absl::Status TakeAnswer();
  void CountAppended(const v1::AppendResponse& response);
  absl::Status TakeRefusal(Batch batch, const absl::Status& status);
  // Removes the rows that the mistakes name; returns how many.
  int RemoveNamedRows(Batch& batch, const absl::Status& status);
  absl::Status Retry(Batch batch, absl::Duration delay,
                     const absl::Status& status);
  void Refuse(int64_t row, const std::string& reason);

  v1::TouchpointService::StubInterface& stub_;
  const SenderOptions options_;
  const OnRefused on_refused_;
  const Sleep sleep_;

  Batch filling_;
  size_t filling_bytes_ = 0;
  std::deque<Batch> ready_;
  std::deque<Batch> in_flight_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<Stream> stream_;
  bool answered_ever_ = false;
  // Waited since the last progress.
  absl::Duration waited_;
  SenderTotals totals_;
  // The first refused row.
  int64_t refused_first_ = std::numeric_limits<int64_t>::max();
};

}  // namespace journey::cli

#endif  // CLI_APPEND_SENDER_H_
