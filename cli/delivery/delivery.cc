#include "cli/delivery/delivery.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/delivery/cloud_event.h"
#include "cli/delivery/signature.h"

namespace journey::cli {
namespace {

constexpr absl::Duration kQuiet = absl::Seconds(30);
constexpr int64_t kMicrosPerSecond = 1'000'000;

// How long a thread waits that has nothing to wait for.
constexpr absl::Duration kIdle = absl::Hours(1);

// A clock that nobody sets.
absl::Duration Now() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace

Delivery::Delivery(DeliveryOptions options, const DeliveryProgress& restored,
                   const CheckpointFile& checkpoint,
                   const DeadLetterFile& letters)
    : options_(std::move(options)),
      checkpoint_(checkpoint),
      letters_(letters),
      queue_(options_.bounds, restored),
      jitter_(std::random_device{}()) {
  saver_ = std::thread([this] { SaveUntilFinished(); });
  for (int i = 0; i < options_.parallel; ++i) {
    senders_.emplace_back([this] { SendUntilStopped(); });
  }
}

Delivery::~Delivery() { (void)Finish(); }

bool Delivery::Add(OutboundEvent event) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (!queue_.Wants(event.position)) {
    queue_.Seen(event.position);
    return !stopping_;
  }
  changed_.wait(lock, [this] { return stopping_ || !queue_.full(); });
  if (stopping_) return false;
  queue_.Add(std::move(event), Now());
  changed_.notify_all();
  return true;
}

void Delivery::Skip(int64_t position) {
  const std::lock_guard<std::mutex> lock(mutex_);
  queue_.Seen(position);
  unsaved_ = true;
  changed_.notify_all();
}

bool Delivery::Drain() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || queue_.size() == 0; });
  return queue_.size() == 0;
}

void Delivery::Stop() {
  const std::lock_guard<std::mutex> lock(mutex_);
  stopping_ = true;
  changed_.notify_all();
}

absl::Status Delivery::Finish() {
  Stop();
  for (std::thread& sender : senders_) sender.join();
  senders_.clear();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    finished_ = true;
    changed_.notify_all();
  }
  if (saver_.joinable()) saver_.join();
  const std::lock_guard<std::mutex> lock(mutex_);
  return failure_;
}

DeliveryTotals Delivery::totals() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  DeliveryTotals totals = totals_;
  totals.open = static_cast<int64_t>(queue_.progress().open.size());
  return totals;
}

void Delivery::SendUntilStopped() {
  HttpClient client(options_.url, options_.timeout);
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopping_) {
    const auto attempt = queue_.Take(Now());
    if (!attempt.has_value()) {
      const absl::Duration wait =
          queue_.next_due().has_value() ? *queue_.next_due() - Now() : kIdle;
      changed_.wait_for(lock, absl::ToChronoNanoseconds(wait));
      continue;
    }
    lock.unlock();
    std::vector<std::string> headers = {
        absl::StrCat("Content-Type: ", kCloudEventContentType)};
    if (!options_.secret.empty()) {
      for (std::string& line : SignatureHeaders(
               options_.secret, options_.now_micros() / kMicrosPerSecond,
               attempt->event->body)) {
        headers.push_back(std::move(line));
      }
    }
    Settle(*attempt, client.Post(attempt->event->body, headers));
    lock.lock();
  }
}

void Delivery::Settle(const DeliveryQueue::Attempt& attempt,
                      const HttpAnswer& answer) {
  const Verdict verdict = Judge(answer);
  if (verdict == Verdict::kDelivered) {
    MarkDone(attempt.event->position, totals_.delivered);
    return;
  }
  if (verdict == Verdict::kRetry && TryAgain(attempt, answer)) return;
  GiveUp(attempt, answer);
}

bool Delivery::TryAgain(const DeliveryQueue::Attempt& attempt,
                        const HttpAnswer& answer) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const double jitter = std::uniform_real_distribution<double>()(jitter_);
  const absl::Duration now = Now();
  const auto at =
      NextAttemptAt(options_.retry, attempt.attempts, answer, now, jitter);
  if (!at.has_value()) return false;
  queue_.Retry(attempt.event->position, *at);
  ReportTrouble(answer, now);
  changed_.notify_all();
  return true;
}

void Delivery::ReportTrouble(const HttpAnswer& answer, absl::Duration now) {
  if (now < quiet_until_) return;
  quiet_until_ = now + kQuiet;
  options_.report(absl::StrCat(
      "not delivered, trying again: ", DescribeAnswer(answer), "\n"));
}

void Delivery::GiveUp(const DeliveryQueue::Attempt& attempt,
                      const HttpAnswer& answer) {
  const OutboundEvent& event = *attempt.event;
  const std::string line = DeadLetterLine(event, attempt.attempts.made, answer,
                                          options_.now_micros());
  {
    // Each is on the disk before the checkpoint may pass over it.
    const std::lock_guard<std::mutex> lock(letters_mutex_);
    const absl::Status status = letters_.Add(line);
    if (!status.ok()) {
      Fail(status);
      return;
    }
  }
  const std::string report = absl::StrCat(
      "dead letter: position ", event.position, ", signal ", event.signal_id,
      ", attempts ", attempt.attempts.made, ": ", DescribeAnswer(answer), "\n");
  const int64_t position = event.position;
  MarkDone(position, totals_.dead_letters);
  const std::lock_guard<std::mutex> lock(mutex_);
  options_.report(report);
}

void Delivery::MarkDone(int64_t position, int64_t& counter) {
  const std::lock_guard<std::mutex> lock(mutex_);
  queue_.Done(position, Now());
  ++counter;
  unsaved_ = true;
  changed_.notify_all();
}

void Delivery::Fail(const absl::Status& status) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (failure_.ok()) failure_ = status;
    stopping_ = true;
    changed_.notify_all();
  }
  options_.on_failure();
}

void Delivery::SaveUntilFinished() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return unsaved_ || finished_; });
    if (!unsaved_) return;
    unsaved_ = false;
    const DeliveryProgress progress = queue_.progress();
    options_.on_progress(totals_.delivered);
    // What is done meanwhile is written together the next time.
    lock.unlock();
    const absl::Status status = checkpoint_.Save(progress);
    if (!status.ok()) {
      Fail(status);
      return;
    }
    lock.lock();
  }
}

}  // namespace journey::cli
