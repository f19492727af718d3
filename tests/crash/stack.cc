#include "tests/crash/stack.h"

#include <filesystem>
#include <thread>
#include <utility>

namespace journey::testing {
namespace {

// So small that flushes and changes of the write-ahead log happen often.
constexpr size_t kMemtableBytes = size_t{48} * 1024;
constexpr size_t kCacheBytes = size_t{1} * 1024 * 1024;

}  // namespace

absl::Status Stack::Open() {
  log::EventLogOptions log_options;
  log_options.directory = directory_ + "/log";
  log_options.file_system = files_;
  log_options.memtable_bytes = kMemtableBytes;
  log_options.on_notice = [this](const std::string&) { ++notices_; };
  auto log = log::EventLog::Open(std::move(log_options));
  if (!log.ok()) return log.status();
  log_ = *std::move(log);
  views::ViewsOptions views_options = ViewsIn("views");
  views_options.file_system = files_;
  auto views = views::Views::Open(std::move(views_options));
  if (!views.ok()) return views.status();
  views_ = *std::move(views);
  log::WriterOptions writer_options;
  writer_options.log = log_.get();
  writer_options.index = views_.get();
  writer_options.sink = views_.get();
  writer_options.clock = &clock_;
  writer_ = log::Writer::Start(std::move(writer_options));
  return absl::OkStatus();
}

void Stack::Close() {
  if (writer_ != nullptr) writer_->Stop();
  writer_.reset();
  views_.reset();
  log_.reset();
}

void Stack::Submit(Sent& sent, int outstanding_max) {
  log::Append append;
  append.tenant_id = sent.tenant_id;
  append.touchpoints = sent.touchpoints;
  append.retractions = sent.retractions;
  append.ack = sent.durable_only ? v1::ACK_DURABLE_ONLY : v1::ACK_UNSPECIFIED;
  append.done = [this, &sent](absl::StatusOr<v1::AppendResponse> result) {
    const std::lock_guard<std::mutex> lock(mutex_);
    sent.answered = true;
    sent.status = result.status();
    if (result.ok()) sent.response = *std::move(result);
    --outstanding_;
    changed_.notify_all();
  };
  {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return outstanding_ < outstanding_max; });
    ++outstanding_;
  }
  writer_->Submit(std::move(append));
}

void Stack::Drain() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] { return outstanding_ == 0; });
}

absl::StatusOr<std::string> Stack::Digest() const {
  // What is acknowledged as durable only may not be visible yet.
  while (views_->group() < log_->head_group()) std::this_thread::yield();
  return views_->ConclusionsDigest(clock_.Now());
}

absl::StatusOr<std::string> Stack::RebuiltDigest() const {
  auto rebuilt = views::Views::Open(ViewsIn("rebuilt"));
  if (!rebuilt.ok()) return rebuilt.status();
  auto digest = (*rebuilt)->ConclusionsDigest(clock_.Now());
  rebuilt->reset();
  std::filesystem::remove_all(directory_ + "/rebuilt");
  return digest;
}

views::ViewsOptions Stack::ViewsIn(const std::string& name) const {
  views::ViewsOptions options;
  options.directory = directory_ + "/" + name;
  options.log = log_.get();
  options.clock = &clock_;
  options.rules = rules_;
  options.write_buffer_bytes = kMemtableBytes;
  options.block_cache_bytes = kCacheBytes;
  return options;
}

}  // namespace journey::testing
