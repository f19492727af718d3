// Measures a real journeyd over loopback, next to what the machine itself
// gives: its fsync and gRPC without any work.
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/str_format.h"
#include "tests/bench/closed_loop.h"
#include "tests/bench/history_load.h"
#include "tests/bench/report.h"
#include "tests/bench/stream_load.h"
#include "tests/bench/workload.h"
#include "tests/e2e/journeyd_process.h"
#include "tests/support/temp_dir.h"

namespace journey::bench {
namespace {

using Clock = std::chrono::steady_clock;
using testing::JourneydProcess;

constexpr char kAppend[] = "/journey.v1.TouchpointService/Append";
constexpr char kGetJourney[] = "/journey.v1.JourneyService/GetJourney";
constexpr char kHealth[] = "/grpc.health.v1.Health/Check";
constexpr int kOutstanding = 256;
constexpr int kReadersOutstanding = 128;
constexpr int kStreams = 2;
constexpr size_t kFsyncBytes = 4096;

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

class Bench {
 public:
  Bench(int seconds, int64_t events)
      : length_(std::chrono::seconds(seconds)), events_(events) {}

  bool Run() {
    MeasureFsync();
    if (!Start()) return false;
    MeasureCalls();
    if (!MeasureStreams()) return false;
    MeasureReads();
    if (!MeasureStarts()) return false;
    return MeasurePastList(process_->grpc_address(), report_) &&
           MeasureHistory(process_->grpc_address(), report_);
  }

  [[nodiscard]] const Report& report() const { return report_; }

 private:
  // Returns the seconds until the process was ready; 0 when it was not.
  double TimedStart() {
    const auto begin = Clock::now();
    process_ = std::make_unique<JourneydProcess>(
        JourneydProcess::Arguments(dir_.Join("data")), dir_.Join("stderr"));
    if (process_->WaitUntilReady().empty()) {
      std::cerr << testing::ReadFile(dir_.Join("stderr"));
      return 0;
    }
    return SecondsSince(begin);
  }

  bool Start() { return TimedStart() > 0; }

  LoopResult Loop(const char* method, int outstanding, RequestMaker make) {
    LoopOptions options;
    options.address = process_->grpc_address();
    options.method = method;
    options.outstanding = outstanding;
    options.length = length_;
    options.make_request = std::move(make);
    const LoopResult result = RunClosedLoop(options);
    if (result.errors > 0) {
      std::cerr << method << ": " << result.errors << " errors\n";
    }
    return result;
  }

  void MeasureFsync() {
    const int file =
        open(dir_.Join("fsync").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    const std::string block(kFsyncBytes, 'x');
    int64_t count = 0;
    const auto begin = Clock::now();
    while (SecondsSince(begin) < 1) {
      if (write(file, block.data(), block.size()) < 0) break;
      fdatasync(file);
      ++count;
    }
    fsync_micros_ = SecondsSince(begin) * 1e6 / static_cast<double>(count);
    close(file);
    report_.Add("lone_fsync", fsync_micros_, "us", "limit: the disk");
  }

  void MeasureCalls() {
    const LoopResult floor =
        Loop(kHealth, kOutstanding, [](int64_t) { return std::string(); });
    report_.Add("grpc_health_calls", floor.per_second(), "calls/s",
                "limit: gRPC without work, 256 outstanding, 4 channels");
    const LoopResult appends = Loop(kAppend, kOutstanding, [](int64_t n) {
      return AppendBytes(kUnaryRun, n);
    });
    unary_events_ = appends.calls;
    report_.Add(
        "unary_appends", appends.per_second(), "events/s",
        absl::StrFormat("durable and visible; %.0f%% of gRPC alone",
                        100 * appends.per_second() / floor.per_second()));
    report_.Add("unary_append_p50", appends.p50_micros, "us");
    report_.Add("unary_append_p99", appends.p99_micros, "us");
    const LoopResult lone =
        Loop(kAppend, 4, [](int64_t n) { return AppendBytes(kFewRun, n); });
    unary_events_ += lone.calls;
    report_.Add("few_appends_p50", lone.p50_micros, "us",
                "4 outstanding, one a channel");
  }

  bool MeasureStreams() {
    const double seconds = AppendByStreams(
        process_->grpc_address(),
        [](int64_t n) { return MakeTouchpoint(kStreamRun, n); }, events_,
        kStreams);
    if (seconds < 0) return false;
    report_.Add("stream_events", static_cast<double>(events_) / seconds,
                "events/s", "AppendStream, 500 a message, two streams");
    return true;
  }

  void MeasureReads() {
    const LoopResult reads = Loop(kGetJourney, kReadersOutstanding,
                                  [](int64_t n) { return GetJourneyBytes(n); });
    report_.Add("get_journey", reads.per_second(), "calls/s",
                "128 outstanding, 4 channels, 50,000 accounts");
    report_.Add("get_journey_p50", reads.p50_micros, "us");
    report_.Add("get_journey_p99", reads.p99_micros, "us");
  }

  bool MeasureStarts() {
    const auto in_all = static_cast<double>(events_ + unary_events_);
    process_->Signal(SIGKILL);
    (void)process_->Wait();
    const double after_kill = TimedStart();
    if (after_kill == 0) return false;
    report_.Add("start_after_kill", after_kill * 1000, "ms",
                absl::StrFormat("with %.0f events", in_all));
    process_->Signal(SIGTERM);
    const auto begin = Clock::now();
    if (process_->Wait() != 0) return false;
    report_.Add("stop", SecondsSince(begin) * 1000, "ms");
    const double after_stop = TimedStart();
    if (after_stop == 0) return false;
    report_.Add("start_after_stop", after_stop * 1000, "ms");
    process_->Signal(SIGKILL);
    (void)process_->Wait();
    std::filesystem::remove_all(dir_.Join("data/views"));
    const double rebuild = TimedStart();
    if (rebuild == 0) return false;
    report_.Add("rebuild", in_all / rebuild, "events/s",
                absl::StrFormat("views deleted; %.1f s in all", rebuild));
    return true;
  }

  const std::chrono::milliseconds length_;
  const int64_t events_;
  testing::TempDir dir_{/*on_disk=*/true};
  std::unique_ptr<JourneydProcess> process_;
  double fsync_micros_ = 0;
  int64_t unary_events_ = 0;
  Report report_;
};

int Main(int argc, char** argv) {
  CLI::App app("Measures journeyd on this machine.", "journey_bench");
  int seconds = 5;
  int64_t events = 1'000'000;
  std::string json;
  app.add_option("--seconds", seconds, "Length of each measurement of calls")
      ->check(CLI::Range(1, 600))
      ->capture_default_str();
  app.add_option("--events", events, "Events that are streamed in")
      ->check(CLI::Range(int64_t{kStreamBatch}, int64_t{100'000'000}))
      ->capture_default_str();
  app.add_option("--json", json, "Also write the figures to this file");
  CLI11_PARSE(app, argc, argv);
  Bench bench(seconds, events);
  const bool ok = bench.Run();
  std::cout << bench.report().Table();
  if (!json.empty()) std::ofstream(json) << bench.report().Json();
  return ok ? 0 : 1;
}

}  // namespace
}  // namespace journey::bench

int main(int argc, char** argv) {
  try {
    return journey::bench::Main(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
