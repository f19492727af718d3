// How long the first page of stalled deals takes where most open deals are not
// stalled. Run by hand; a million deals take a minute or two to append.
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <iostream>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "journey/v1/deal_service.grpc.pb.h"
#include "tests/bench/report.h"
#include "tests/bench/stream_load.h"
#include "tests/bench/workload.h"
#include "tests/e2e/journeyd_process.h"
#include "tests/support/temp_dir.h"

namespace journey::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kSecondsPerDay = 86'400;
// 2025-07-01, the instant asked for.
constexpr int64_t kAskedSecond = 1'751'328'000;
// By the default rules a deal is inactive after a week of silence.
constexpr int64_t kFreshDays = 6;
constexpr int64_t kStaleDays = 60;
constexpr int kPageSize = 100;
constexpr int kCalls = 500;
constexpr int kStreams = 2;

class StalledBench {
 public:
  StalledBench(int64_t deals, int64_t stalled)
      : deals_(deals), every_(deals / stalled) {}

  bool Run() {
    process_ = std::make_unique<testing::JourneydProcess>(
        testing::JourneydProcess::Arguments(dir_.Join("data")),
        dir_.Join("stderr"));
    if (process_->WaitUntilReady().empty()) {
      std::cerr << testing::ReadFile(dir_.Join("stderr"));
      return false;
    }
    const double seconds = AppendByStreams(
        process_->grpc_address(), [this](int64_t n) { return Opened(n); },
        deals_, kStreams);
    if (seconds < 0) return false;
    report_.Add("open_deals", static_cast<double>(deals_), "deals",
                absl::StrFormat("appended in %.1f s", seconds));
    stub_ = v1::DealService::NewStub(grpc::CreateChannel(
        process_->grpc_address(), grpc::InsecureChannelCredentials()));
    return CountStalled() && MeasureFirstPage();
  }

  [[nodiscard]] const Report& report() const { return report_; }

 private:
  // A deal of an account of its own; one in `every_` long ago.
  [[nodiscard]] v1::Touchpoint Opened(int64_t n) const {
    const bool is_stale = n % every_ == 0;
    const int64_t days = is_stale ? kStaleDays - kFreshDays : kFreshDays;
    const int64_t age = (is_stale ? kFreshDays + 1 : 0) * kSecondsPerDay +
                        n * 7919 % (days * kSecondsPerDay);
    v1::Touchpoint touchpoint;
    touchpoint.set_source("benchmark");
    touchpoint.set_touchpoint_id(absl::StrCat("opened-", n));
    touchpoint.mutable_occurred_at()->set_seconds(kAskedSecond - age);
    touchpoint.set_account_id(absl::StrCat("account-", n));
    touchpoint.set_deal_id(absl::StrCat("deal-", n));
    touchpoint.set_owner_id(absl::StrCat("employee-", n % 50));
    v1::DealChange& deal = *touchpoint.mutable_deal();
    deal.set_action(v1::DealChange::ACTION_OPENED);
    deal.set_stage_id("proposal");
    deal.mutable_amount()->set_amount_minor(n * 100);
    deal.mutable_amount()->set_currency_code("EUR");
    return touchpoint;
  }

  bool List(int page_size, const std::string& page_token,
            v1::ListStalledDealsResponse& response) {
    v1::ListStalledDealsRequest request;
    request.set_tenant_id(kTenant);
    request.mutable_as_of()->set_seconds(kAskedSecond);
    request.set_page_size(page_size);
    request.set_page_token(page_token);
    grpc::ClientContext context;
    const grpc::Status status =
        stub_->ListStalledDeals(&context, request, &response);
    if (!status.ok()) std::cerr << status.error_message() << "\n";
    return status.ok();
  }

  bool CountStalled() {
    std::set<std::string> deal_ids;
    std::string page_token;
    do {
      v1::ListStalledDealsResponse page;
      if (!List(1000, page_token, page)) return false;
      for (const v1::StalledDeal& stalled : page.stalled_deals()) {
        deal_ids.insert(stalled.deal().deal_id());
      }
      page_token = page.next_page_token();
    } while (!page_token.empty());
    report_.Add("stalled_deals", static_cast<double>(deal_ids.size()), "deals");
    const auto want = static_cast<size_t>((deals_ + every_ - 1) / every_);
    if (deal_ids.size() == want) return true;
    std::cerr << "there should be " << want << " stalled deals\n";
    return false;
  }

  bool MeasureFirstPage() {
    std::vector<double> millis;
    for (int i = 0; i < kCalls; ++i) {
      const auto begin = Clock::now();
      v1::ListStalledDealsResponse page;
      if (!List(kPageSize, "", page)) return false;
      millis.push_back(
          std::chrono::duration<double, std::milli>(Clock::now() - begin)
              .count());
      if (page.stalled_deals_size() != kPageSize) return false;
    }
    std::sort(millis.begin(), millis.end());
    report_.Add("stalled_first_page_p50", millis[millis.size() / 2], "ms",
                absl::StrFormat("%d of them, %d calls one at a time", kPageSize,
                                kCalls));
    report_.Add("stalled_first_page_p99", millis[millis.size() * 99 / 100],
                "ms");
    return true;
  }

  const int64_t deals_;
  const int64_t every_;
  testing::TempDir dir_{/*on_disk=*/true};
  std::unique_ptr<testing::JourneydProcess> process_;
  std::unique_ptr<v1::DealService::Stub> stub_;
  Report report_;
};

int Main(int argc, char** argv) {
  CLI::App app("Measures the list of stalled deals.", "stalled_bench");
  int64_t deals = 1'000'000;
  int64_t stalled = 10'000;
  app.add_option("--deals", deals, "Open deals")
      ->check(CLI::Range(int64_t{10'000}, int64_t{10'000'000}))
      ->capture_default_str();
  app.add_option("--stalled", stalled, "Those that are stalled")
      ->check(CLI::Range(int64_t{100}, int64_t{10'000}))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  // Appends come in whole batches.
  StalledBench bench(deals / kStreamBatch * kStreamBatch, stalled);
  const bool ok = bench.Run();
  std::cout << bench.report().Table();
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
