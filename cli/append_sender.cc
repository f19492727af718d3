#include "cli/append_sender.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cli/failure.h"

namespace journey::cli {
namespace {

constexpr absl::Duration kFirstDelay = absl::Milliseconds(200);
constexpr absl::Duration kDelayMax = absl::Seconds(5);

// The row that "touchpoints[3].occurred_at" names, and the path within it;
// -1 for a field that is no row.
int TakeRowIndex(absl::string_view& field) {
  int index = -1;
  absl::string_view rest = field;
  if (!absl::ConsumePrefix(&rest, "touchpoints[")) return -1;
  const size_t bracket = rest.find(']');
  if (bracket == absl::string_view::npos ||
      !absl::SimpleAtoi(rest.substr(0, bracket), &index)) {
    return -1;
  }
  field = rest.substr(bracket + 1);
  absl::ConsumePrefix(&field, ".");
  return index;
}

// Something about the request itself, such as the tenant: no row is at fault.
bool BlamesRequest(const absl::Status& status) {
  for (const FieldMistake& mistake : FieldMistakesOf(status)) {
    if (!absl::StartsWith(mistake.field, "touchpoints")) return true;
  }
  return false;
}

bool WillPass(const absl::Status& status) {
  return absl::IsUnavailable(status) || RetryDelayOf(status).has_value();
}

// One row may be to blame, so that the others can still be sent.
bool MayBlameOneRow(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsAlreadyExists(status) ||
         absl::IsResourceExhausted(status) || absl::IsAborted(status) ||
         absl::IsFailedPrecondition(status);
}

}  // namespace

AppendSender::AppendSender(v1::TouchpointService::StubInterface& stub,
                           SenderOptions options, OnRefused on_refused,
                           Sleep sleep)
    : stub_(stub),
      options_(std::move(options)),
      on_refused_(std::move(on_refused)),
      sleep_(std::move(sleep)) {
  StartBatch();
}

AppendSender::~AppendSender() {
  if (stream_ == nullptr) return;
  context_->TryCancel();
  (void)stream_->Finish();
}

void AppendSender::StartBatch() {
  filling_ = Batch();
  filling_.request.mutable_batch()->set_tenant_id(options_.tenant);
  filling_bytes_ = 0;
}

void AppendSender::CloseBatch() {
  if (filling_.rows.empty()) return;
  ready_.push_back(std::move(filling_));
  StartBatch();
}

void AppendSender::DropUnwanted(Batch& batch) const {
  if (!options_.stop_at_refusal) return;
  while (!batch.rows.empty() && batch.rows.back() > refused_first_) {
    batch.rows.pop_back();
    batch.request.mutable_batch()->mutable_touchpoints()->RemoveLast();
  }
}

int64_t AppendSender::unanswered() const {
  size_t rows = filling_.rows.size();
  for (const Batch& batch : ready_) rows += batch.rows.size();
  for (const Batch& batch : in_flight_) rows += batch.rows.size();
  return static_cast<int64_t>(rows);
}

absl::Status AppendSender::Add(int64_t row, v1::Touchpoint touchpoint) {
  const size_t bytes = touchpoint.ByteSizeLong();
  if (filling_bytes_ + bytes > options_.batch_bytes) CloseBatch();
  filling_.rows.push_back(row);
  filling_bytes_ += bytes;
  *filling_.request.mutable_batch()->add_touchpoints() = std::move(touchpoint);
  if (filling_.rows.size() < static_cast<size_t>(options_.batch_touchpoints)) {
    return absl::OkStatus();
  }
  CloseBatch();
  return Pump(false);
}

absl::Status AppendSender::Drain() {
  CloseBatch();
  return Pump(true);
}

absl::Status AppendSender::Finish() {
  absl::Status status = Drain();
  if (!status.ok() || stream_ == nullptr) return status;
  stream_->WritesDone();
  status = FromGrpc(stream_->Finish());
  stream_.reset();
  context_.reset();
  return status;
}

absl::Status AppendSender::Pump(bool drain) {
  for (;;) {
    bool broken = false;
    while (!broken && !ready_.empty() &&
           in_flight_.size() < options_.window_batches) {
      Batch batch = std::move(ready_.front());
      ready_.pop_front();
      DropUnwanted(batch);
      if (batch.rows.empty()) continue;
      OpenStream();
      in_flight_.push_back(std::move(batch));
      broken = !stream_->Write(in_flight_.back().request);
    }
    if (in_flight_.empty()) return absl::OkStatus();
    if (!broken && !drain && in_flight_.size() < options_.window_batches) {
      return absl::OkStatus();
    }
    // A stream that takes no more may still hold answers; the end shows when
    // there are none left to read.
    absl::Status status = TakeAnswer();
    if (!status.ok()) return status;
  }
}

void AppendSender::OpenStream() {
  if (stream_ != nullptr) return;
  context_ = std::make_unique<grpc::ClientContext>();
  stream_ = stub_.AppendStream(context_.get());
}

absl::Status AppendSender::Recover() {
  absl::Status status = FromGrpc(stream_->Finish());
  stream_.reset();
  context_.reset();
  while (!in_flight_.empty()) {
    ready_.push_front(std::move(in_flight_.back()));
    in_flight_.pop_back();
  }
  if (status.ok() || absl::IsCancelled(status)) {
    status = FromGrpc(grpc::Status(grpc::StatusCode::UNAVAILABLE,
                                   "the server ended the stream early"));
  }
  if (!absl::IsUnavailable(status) || !answered_ever_ ||
      waited_ >= options_.patience) {
    return status;
  }
  const absl::Duration delay = std::clamp(waited_, kFirstDelay, kDelayMax);
  waited_ += delay;
  return sleep_(delay) ? absl::OkStatus() : status;
}

absl::Status AppendSender::TakeAnswer() {
  v1::AppendStreamResponse response;
  if (!stream_->Read(&response)) return Recover();
  answered_ever_ = true;
  Batch batch = std::move(in_flight_.front());
  in_flight_.pop_front();
  if (response.has_refused()) {
    return TakeRefusal(std::move(batch), FromRpc(response.refused()));
  }
  waited_ = absl::ZeroDuration();
  CountAppended(response.appended());
  return absl::OkStatus();
}

void AppendSender::CountAppended(const v1::AppendResponse& response) {
  for (const v1::AppendResult& result : response.results()) {
    ++(result.repeated() ? totals_.repeated : totals_.appended);
    totals_.inert_links += result.inert_links_size();
    totals_.retracted += static_cast<int64_t>(result.retracted());
  }
}

absl::Status AppendSender::TakeRefusal(Batch batch,
                                       const absl::Status& status) {
  if (WillPass(status)) {
    const absl::Duration asked =
        RetryDelayOf(status).value_or(absl::ZeroDuration());
    return Retry(std::move(batch), std::max(asked, kFirstDelay), status);
  }
  if (BlamesRequest(status) || !MayBlameOneRow(status)) {
    ready_.push_front(std::move(batch));
    return status;
  }
  waited_ = absl::ZeroDuration();
  const bool named = RemoveNamedRows(batch, status) > 0;
  if (batch.rows.empty()) return absl::OkStatus();
  if (named) {
    ready_.push_front(std::move(batch));
    return absl::OkStatus();
  }
  if (batch.rows.size() == 1) {
    Refuse(batch.rows.front(), std::string(status.message()));
    return absl::OkStatus();
  }
  const int half = static_cast<int>(batch.rows.size() / 2);
  Batch second;
  second.rows.assign(batch.rows.begin() + half, batch.rows.end());
  batch.rows.resize(static_cast<size_t>(half));
  second.request.mutable_batch()->set_tenant_id(options_.tenant);
  auto& touchpoints = *batch.request.mutable_batch()->mutable_touchpoints();
  for (int i = half; i < touchpoints.size(); ++i) {
    second.request.mutable_batch()->add_touchpoints()->Swap(
        touchpoints.Mutable(i));
  }
  touchpoints.DeleteSubrange(half, touchpoints.size() - half);
  ready_.push_front(std::move(second));
  ready_.push_front(std::move(batch));
  return absl::OkStatus();
}

int AppendSender::RemoveNamedRows(Batch& batch, const absl::Status& status) {
  std::map<int, std::string> reasons;
  for (const FieldMistake& mistake : FieldMistakesOf(status)) {
    absl::string_view field = mistake.field;
    const int index = TakeRowIndex(field);
    if (index < 0 || index >= static_cast<int>(batch.rows.size())) continue;
    std::string& reason = reasons[index];
    absl::StrAppend(&reason, reason.empty() ? "" : "; ", field,
                    field.empty() ? "" : ": ", mistake.description);
  }
  auto& touchpoints = *batch.request.mutable_batch()->mutable_touchpoints();
  std::vector<int64_t> rows;
  int kept = 0;
  for (int i = 0; i < touchpoints.size(); ++i) {
    const auto found = reasons.find(i);
    if (found != reasons.end()) {
      Refuse(batch.rows[static_cast<size_t>(i)], found->second);
      continue;
    }
    rows.push_back(batch.rows[static_cast<size_t>(i)]);
    touchpoints.SwapElements(kept++, i);
  }
  touchpoints.DeleteSubrange(kept, touchpoints.size() - kept);
  batch.rows = std::move(rows);
  return static_cast<int>(reasons.size());
}

absl::Status AppendSender::Retry(Batch batch, absl::Duration delay,
                                 const absl::Status& status) {
  ready_.push_front(std::move(batch));
  if (waited_ >= options_.patience) return status;
  const absl::Duration step =
      std::clamp(std::max(delay, waited_), kFirstDelay, kDelayMax);
  waited_ += step;
  return sleep_(step) ? absl::OkStatus() : status;
}

void AppendSender::Refuse(int64_t row, const std::string& reason) {
  ++totals_.refused;
  refused_first_ = std::min(refused_first_, row);
  on_refused_(row, reason);
}

}  // namespace journey::cli
