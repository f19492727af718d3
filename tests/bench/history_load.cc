#include "tests/bench/history_load.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <iostream>
#include <memory>
#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "journey/v1/journey_service.grpc.pb.h"
#include "journey/v1/touchpoint_service.grpc.pb.h"
#include "tests/bench/workload.h"

namespace journey::bench {
namespace {

constexpr int64_t kMediumTouchpoints = 10'000;
constexpr int64_t kLongTouchpoints = 100'000;
constexpr int64_t kBatch = 1000;
constexpr int64_t kLateMax = 1000;
constexpr int64_t kClosedDeals = 5000;
constexpr int kRetractions = 100;
constexpr int kRepeats = 30;
constexpr unsigned kSeed = 20261122;

class HistoryLoad {
 public:
  HistoryLoad(const std::string& address, Report& report)
      : report_(report),
        channel_(
            grpc::CreateChannel(address, grpc::InsecureChannelCredentials())),
        touchpoints_(v1::TouchpointService::NewStub(channel_)),
        journeys_(v1::JourneyService::NewStub(channel_)) {}

  bool Run() {
    Grow("medium", kMediumTouchpoints);
    Grow("long", kLongTouchpoints);
    const auto late = [&](int64_t first, int64_t end) {
      return [this, first, end] {
        Append({At("long", std::uniform_int_distribution<int64_t>(
                               first, end - 1)(random_))});
      };
    };
    Measure("late_append", late(kLongTouchpoints - kLateMax, kLongTouchpoints),
            "at most 1,000 touchpoints late, in a journey of 100,000");
    Measure("late_append_first", late(-kLateMax, 0),
            "before the first touchpoint of a journey of 100,000");
    Measure(
        "late_batch_first",
        [&] {
          std::vector<v1::Touchpoint> batch;
          for (int64_t i = 0; i < kBatch; ++i) {
            batch.push_back(At("long", -i));
          }
          Append(batch);
        },
        "1,000 of them in one batch");
    Measure(
        "get_journey_as_of", [&] { Get(&SetAsOf); },
        "a past instant, in a journey of 10,000 touchpoints");
    Measure(
        "get_journey_known_at", [&] { Get(&SetKnownAt); },
        "as known before its last 1,000 touchpoints");
    Measure(
        "timeline_page", [&] { GetTimeline(); },
        "the newest 100 of 10,000 touchpoints, with changes");
    Measure(
        "diff_journey", [&] { Diff(); },
        "over the last tenth of 10,000 touchpoints");
    CloseDeals();
    Measure(
        "late_append_closed_deals",
        [&] { Append({MakeCall("closed", 2 * kClosedDeals - 1)}); },
        "one touchpoint late, in a journey with 5,000 closed deals");
    GrowDeal();
    Measure(
        "retract_from_deal", [&] { RetractNewest(); },
        "100 in one call, of a deal of 10,000 touchpoints");
    return ok_;
  }

  // Lists all journeys as of a past instant.
  bool List() {
    v1::ListJourneysRequest request;
    request.set_tenant_id(kTenant);
    request.mutable_as_of()->set_seconds(kUnaryRun.first_second + 10'000'000);
    request.set_page_size(1000);
    int64_t count = 0;
    const auto begin = std::chrono::steady_clock::now();
    do {
      v1::ListJourneysResponse response;
      grpc::ClientContext context;
      Check(journeys_->ListJourneys(&context, request, &response));
      count += response.journeys_size();
      request.set_page_token(response.next_page_token());
    } while (ok_ && !request.page_token().empty());
    const std::chrono::duration<double> took =
        std::chrono::steady_clock::now() - begin;
    report_.Add(
        "list_past", took.count() * 100'000 / static_cast<double>(count),
        "s/100,000",
        absl::StrFormat("journeys as of a past instant; %d listed", count));
    return ok_;
  }

 private:
  // The n-th touchpoint of a journey, an hour after the one before. Each call
  // gives one of its own.
  v1::Touchpoint At(const std::string& journey, int64_t n) {
    v1::Touchpoint touchpoint = MakeTouchpoint(kUnaryRun, n & 0xffff);
    touchpoint.set_source("history");
    touchpoint.set_touchpoint_id(absl::StrCat(journey, "-", ++count_));
    touchpoint.set_account_id(journey);
    touchpoint.set_contact_id("");
    if (!touchpoint.deal_id().empty()) {
      touchpoint.set_deal_id(absl::StrCat(journey, "-", (n & 0xfff) / 64));
    }
    touchpoint.mutable_occurred_at()->set_seconds(SecondOf(n));
    return touchpoint;
  }

  static int64_t SecondOf(int64_t n) {
    return kUnaryRun.first_second + (n + kLateMax) * 1800;
  }

  void Grow(const std::string& journey, int64_t touchpoints) {
    for (int64_t n = 0; n < touchpoints;) {
      if (journey == "medium" && n == touchpoints - kLateMax) {
        known_at_ = std::chrono::system_clock::now();
      }
      std::vector<v1::Touchpoint> batch;
      for (int64_t i = 0; i < kBatch; ++i) batch.push_back(At(journey, n++));
      Append(batch);
    }
  }

  void Append(const std::vector<v1::Touchpoint>& touchpoints) {
    v1::AppendRequest request;
    request.set_tenant_id("history");
    request.mutable_touchpoints()->Assign(touchpoints.begin(),
                                          touchpoints.end());
    v1::AppendResponse response;
    grpc::ClientContext context;
    Check(touchpoints_->Append(&context, request, &response));
  }

  // A touchpoint of an account between its n-th one and the next.
  v1::Touchpoint MakeCall(const std::string& account, int64_t n) {
    v1::Touchpoint touchpoint;
    touchpoint.set_source("history");
    touchpoint.set_touchpoint_id(absl::StrCat(account, "-", ++count_));
    touchpoint.set_account_id(account);
    touchpoint.mutable_occurred_at()->set_seconds(SecondOf(n) + 1);
    touchpoint.mutable_call()->set_outcome(v1::Call::OUTCOME_CONNECTED);
    return touchpoint;
  }

  v1::Touchpoint MakeDeal(const std::string& account, int64_t deal, int64_t n,
                          v1::DealChange::Action action) {
    v1::Touchpoint touchpoint = MakeCall(account, n);
    touchpoint.set_deal_id(absl::StrCat(account, "-", deal));
    touchpoint.mutable_deal()->set_action(action);
    touchpoint.mutable_occurred_at()->set_seconds(SecondOf(n));
    return touchpoint;
  }

  // Deals that are opened and won, one after the other, and one more contact.
  void CloseDeals() {
    std::vector<v1::Touchpoint> batch;
    for (int64_t deal = 0; deal < kClosedDeals; ++deal) {
      batch.push_back(
          MakeDeal("closed", deal, 2 * deal, v1::DealChange::ACTION_OPENED));
      batch.push_back(
          MakeDeal("closed", deal, 2 * deal + 1, v1::DealChange::ACTION_WON));
      if (batch.size() == kBatch) {
        Append(batch);
        batch.clear();
      }
    }
    Append({MakeCall("closed", 2 * kClosedDeals)});
  }

  void GrowDeal() {
    for (int64_t n = 0; n < kMediumTouchpoints;) {
      std::vector<v1::Touchpoint> batch;
      for (int64_t i = 0; i < kBatch; ++i) {
        batch.push_back(
            MakeDeal("grown", 0, n++, v1::DealChange::ACTION_UPDATED));
        of_deal_.push_back(batch.back().touchpoint_id());
      }
      Append(batch);
    }
  }

  void RetractNewest() {
    v1::RetractRequest request;
    request.set_tenant_id("history");
    for (int i = 0; i < kRetractions; ++i) {
      auto* target = request.add_targets();
      target->set_source("history");
      target->set_touchpoint_id(of_deal_.back());
      of_deal_.pop_back();
    }
    v1::RetractResponse response;
    grpc::ClientContext context;
    Check(touchpoints_->Retract(&context, request, &response));
  }

  void SetSubject(v1::Subject& subject) {
    subject.set_type(v1::SUBJECT_TYPE_ACCOUNT);
    subject.set_id("medium");
  }

  static void SetAsOf(HistoryLoad& load, v1::GetJourneyRequest& request) {
    request.mutable_as_of()->set_seconds(
        SecondOf(std::uniform_int_distribution<int64_t>(
            1, kMediumTouchpoints)(load.random_)));
  }
  static void SetKnownAt(HistoryLoad& load, v1::GetJourneyRequest& request) {
    const auto nanos =
        std::chrono::nanoseconds(load.known_at_.time_since_epoch()).count();
    request.mutable_known_at()->set_seconds(nanos / 1'000'000'000);
    request.mutable_known_at()->set_nanos(
        static_cast<int>(nanos % 1'000'000'000));
  }

  void Get(void (*set)(HistoryLoad&, v1::GetJourneyRequest&)) {
    v1::GetJourneyRequest request;
    request.set_tenant_id("history");
    SetSubject(*request.mutable_subject());
    set(*this, request);
    v1::GetJourneyResponse response;
    grpc::ClientContext context;
    Check(journeys_->GetJourney(&context, request, &response));
  }

  void GetTimeline() {
    v1::GetTimelineRequest request;
    request.set_tenant_id("history");
    SetSubject(*request.mutable_subject());
    request.set_newest_first(true);
    v1::GetTimelineResponse response;
    grpc::ClientContext context;
    Check(journeys_->GetTimeline(&context, request, &response));
  }

  void Diff() {
    v1::DiffJourneyRequest request;
    request.set_tenant_id("history");
    SetSubject(*request.mutable_subject());
    request.mutable_from()->set_seconds(SecondOf(kMediumTouchpoints * 9 / 10));
    request.mutable_to()->set_seconds(SecondOf(kMediumTouchpoints));
    v1::DiffJourneyResponse response;
    grpc::ClientContext context;
    Check(journeys_->DiffJourney(&context, request, &response));
  }

  // Reports the median and the worst of some calls.
  void Measure(const std::string& name, const std::function<void()>& call,
               const std::string& remark) {
    std::vector<double> millis;
    for (int i = 0; i < kRepeats && ok_; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      call();
      const std::chrono::duration<double, std::milli> took =
          std::chrono::steady_clock::now() - begin;
      millis.push_back(took.count());
    }
    if (!ok_) return;
    std::sort(millis.begin(), millis.end());
    report_.Add(name, millis[millis.size() / 2], "ms",
                absl::StrFormat("median of %d, worst %.1f; %s", kRepeats,
                                millis.back(), remark));
  }

  void Check(const grpc::Status& status) {
    if (status.ok()) return;
    if (ok_) std::cerr << "history: " << status.error_message() << "\n";
    ok_ = false;
  }

  Report& report_;
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::TouchpointService::Stub> touchpoints_;
  const std::unique_ptr<v1::JourneyService::Stub> journeys_;
  std::mt19937 random_{kSeed};
  std::chrono::system_clock::time_point known_at_;
  int64_t count_ = 0;
  // Touchpoints of one deal, the newest last.
  std::vector<std::string> of_deal_;
  bool ok_ = true;
};

}  // namespace

bool MeasureHistory(const std::string& address, Report& report) {
  return HistoryLoad(address, report).Run();
}

bool MeasurePastList(const std::string& address, Report& report) {
  return HistoryLoad(address, report).List();
}

}  // namespace journey::bench
