// How quickly signals are announced that fall due together, as at a local
// midnight. Run by hand. Log, views, writer and announcer are those of the
// server, in one process, with a clock that is set.
#include <chrono>
#include <iostream>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "service/core/signal_log.h"
#include "tests/bench/report.h"
#include "tests/support/engine.h"
#include "tests/support/history.h"
#include "tests/support/temp_dir.h"

namespace journey::bench {
namespace {

using std::chrono::steady_clock;

double SecondsSince(steady_clock::time_point start) {
  return std::chrono::duration<double>(steady_clock::now() - start).count();
}

// Opens deals that all stall at the same instant.
bool OpenDeals(int deals, testing::Engine& engine) {
  constexpr int kBatch = 1000;
  std::vector<v1::Touchpoint> batch;
  for (int i = 0; i < deals; ++i) {
    batch.push_back(testing::Tp(
        absl::StrCat("o", i), "2025-01-01",
        absl::StrCat("account_id: 'A", i, "' deal_id: 'D", i,
                     "' owner_id: 'anna' deal { action: ACTION_OPENED amount { "
                     "amount_minor: 100000 currency_code: 'EUR' } }")));
    if (batch.size() == kBatch || i + 1 == deals) {
      if (!engine.Append(batch).ok()) return false;
      batch.clear();
    }
  }
  return true;
}

int Run(int deals) {
  const testing::TempDir dir;
  testing::EngineOptions options;
  options.directory = dir.path();
  options.snapshot_touchpoints = 500;
  options.now = testing::At("2025-01-01");
  const auto engine = testing::Engine::Open(std::move(options));
  if (!engine.ok()) {
    std::cerr << engine.status() << "\n";
    return 1;
  }
  Report report;
  auto start = steady_clock::now();
  if (!OpenDeals(deals, **engine)) return 1;
  const double append_seconds = SecondsSince(start);
  // What the opening itself raises, so that the stalls are alone.
  if (!(*engine)->Announce().ok()) return 1;
  const int64_t before = (*engine)
                             ->views()
                             .Head(core::SignalLogOf(testing::Engine::kTenant))
                             ->head_position;
  (*engine)->clock().Set(testing::At("2025-01-08"));
  start = steady_clock::now();
  if (!(*engine)->Announce().ok()) return 1;
  const double seconds = SecondsSince(start);
  const int64_t raised = (*engine)
                             ->views()
                             .Head(core::SignalLogOf(testing::Engine::kTenant))
                             ->head_position -
                         before;
  report.Add("due_together", static_cast<double>(raised), "signals");
  report.Add("last_announced_after", seconds, "s",
             deals <= 10'000 ? "at most 1 s is promised" : "");
  report.Add("announced_per_second", static_cast<double>(raised) / seconds,
             "/s", "at least 20,000 are promised");
  report.Add("appended_per_second", deals / append_seconds, "/s",
             "touchpoints in the same run");
  std::cout << report.Table();
  return 0;
}

}  // namespace
}  // namespace journey::bench

int main(int argc, char** argv) {
  CLI::App app("Measures how quickly signals are announced.");
  int deals = 10'000;
  app.add_option("--deals", deals, "Deals that stall at the same instant");
  CLI11_PARSE(app, argc, argv);
  return journey::bench::Run(deals);
}
