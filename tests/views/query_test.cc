// Queries against the same answers computed one journey, or deal, at a time.
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"
#include "tests/views/query_fixture.h"

namespace journey::testing {
namespace {

// Instants from before the history's beginning to well after its end, and none.
std::vector<std::optional<core::Micros>> Instants() {
  std::vector<std::optional<core::Micros>> out = {std::nullopt};
  for (const char* day : {"2024-12-31", "2025-01-20", "2025-02-15",
                          "2025-04-01", "2025-06-01", "2026-06-01"}) {
    out.emplace_back(At(day));
  }
  return out;
}

TEST_F(QueryTest, ListedJourneysAreThoseGotOneByOne) {
  for (const auto& as_of : Instants()) {
    for (const v1::Journey& listed : JourneysAt(as_of)) {
      auto request = RequestAt<v1::GetJourneyRequest>(as_of);
      *request.mutable_subject() = listed.subject();
      const auto got = engine_->views().GetJourney(request, Always);
      ASSERT_TRUE(got.ok()) << got.status();
      EXPECT_EQ(got->journey().SerializeAsString(), listed.SerializeAsString());
    }
  }
}

using Names = std::set<std::string>;

Names NamesOf(const std::vector<v1::Journey>& journeys) {
  Names names;
  for (const v1::Journey& journey : journeys) {
    const std::string name = journey.subject().ShortDebugString();
    EXPECT_TRUE(names.insert(name).second) << name;
  }
  return names;
}

TEST_F(QueryTest, StageStatusAndOwnerListsPartitionAllJourneys) {
  for (const auto& as_of : Instants()) {
    std::map<std::string, Names> by_stage;
    std::map<v1::LeadStatus, Names> by_status;
    std::map<std::string, Names> by_owner;
    const std::vector<v1::Journey> all = JourneysAt(as_of);
    (void)NamesOf(all);
    for (const v1::Journey& journey : all) {
      const std::string name = journey.subject().ShortDebugString();
      by_stage[journey.stage().stage_id()].insert(name);
      by_status[journey.lead().status()].insert(name);
      by_owner[journey.owner_id()].insert(name);
    }
    const auto request = RequestAt<v1::ListJourneysRequest>(as_of);
    for (const char* stage_id : {"awareness", "lead", "opportunity", "purchase",
                                 "service", "loyalty"}) {
      auto by = request;
      by.set_stage_id(stage_id);
      EXPECT_EQ(NamesOf(AllJourneys(by, 2)), by_stage[stage_id]) << stage_id;
    }
    for (int i = v1::LEAD_STATUS_NONE; i <= v1::LeadStatus_MAX; ++i) {
      auto by = request;
      by.set_lead_status(static_cast<v1::LeadStatus>(i));
      EXPECT_EQ(NamesOf(AllJourneys(by, 2)), by_status[by.lead_status()]) << i;
    }
    for (const char* owner_id : {"O0", "O1", "O2"}) {
      auto by = request;
      by.set_owner_id(owner_id);
      EXPECT_EQ(NamesOf(AllJourneys(by, 2)), by_owner[owner_id]) << owner_id;
    }
  }
}

TEST_F(QueryTest, StalledListHoldsEveryStallOfEveryDeal) {
  for (const auto& as_of : Instants()) {
    std::set<std::string> want;
    for (const v1::Deal& deal : DealsAt(as_of)) {
      for (const v1::Stall& stall : deal.stalls()) {
        want.insert(absl::StrCat(deal.deal_id(), " ", stall.reason(), " ",
                                 stall.since().seconds()));
      }
    }
    const auto rows = AllPages(
        RequestAt<v1::ListStalledDealsRequest>(as_of), 3,
        [&](const auto& r) {
          return engine_->views().ListStalledDeals(r, Always);
        },
        [](const auto& r) { return r.stalled_deals(); });
    std::set<std::string> got;
    int64_t last_since = 0;
    for (const v1::StalledDeal& row : rows) {
      EXPECT_LE(last_since, row.stall().since().seconds());
      last_since = row.stall().since().seconds();
      EXPECT_TRUE(got.insert(absl::StrCat(row.deal().deal_id(), " ",
                                          row.stall().reason(), " ",
                                          row.stall().since().seconds()))
                      .second);
    }
    EXPECT_EQ(got, want);
  }
}

TEST_F(QueryTest, BoardCountsTheOpenDeals) {
  for (const auto& as_of : Instants()) {
    std::map<std::string, int> open;
    std::map<std::string, int> stalled;
    std::map<std::string, std::map<std::string, int64_t>> amounts;
    for (const v1::Deal& deal : DealsAt(as_of)) {
      if (deal.status() != v1::DEAL_STATUS_OPEN) continue;
      ++open[deal.stage().stage_id()];
      stalled[deal.stage().stage_id()] += deal.stalls_size() > 0 ? 1 : 0;
      if (deal.has_amount()) {
        amounts[deal.stage().stage_id()][deal.amount().currency_code()] +=
            deal.amount().amount_minor();
      }
    }
    const auto board = engine_->views().GetBoard(
        RequestAt<v1::GetBoardRequest>(as_of), Always);
    ASSERT_TRUE(board.ok()) << board.status();
    std::set<std::string> columns;
    for (const v1::BoardColumn& column : board->columns()) {
      columns.insert(column.stage_id());
      EXPECT_EQ(column.deal_count(), open[column.stage_id()]);
      EXPECT_EQ(column.stalled_count(), stalled[column.stage_id()]);
      for (const v1::Money& money : column.amounts()) {
        EXPECT_EQ(money.amount_minor(),
                  amounts[column.stage_id()][money.currency_code()]);
      }
    }
    for (const auto& [stage_id, count] : open) {
      EXPECT_TRUE(columns.count(stage_id) == 1 || count == 0) << stage_id;
    }
  }
}

TEST_F(QueryTest, PastAnswerIsThatOfAnEngineThatStoppedThen) {
  const core::Micros instant = At("2025-02-15");
  TempDir dir;
  TempDir other_dir;
  engine_ = Engine::Open({dir.path()}).value();
  auto other = Engine::Open({other_dir.path()}).value();
  for (v1::Touchpoint touchpoint : history_) {
    // Links are those known now, so each deal has one account from the start.
    if (!touchpoint.deal_id().empty()) {
      touchpoint.set_account_id(absl::StrCat("of-", touchpoint.deal_id()));
    }
    ASSERT_TRUE(engine_->Append({touchpoint}).ok());
    if (core::ToMicros(touchpoint.occurred_at()) <= instant) {
      ASSERT_TRUE(other->Append({touchpoint}).ok());
    }
  }
  const std::vector<v1::Journey> journeys = JourneysAt(instant);
  for (const v1::Journey& journey : journeys) {
    auto request = RequestAt<v1::GetJourneyRequest>(instant);
    *request.mutable_subject() = journey.subject();
    const auto got = other->views().GetJourney(request, Always);
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(got->journey().DebugString(), journey.DebugString());
  }
  EXPECT_FALSE(journeys.empty());
  EXPECT_EQ(other->views().GetTenant(Engine::kTenant)->value().journey_count(),
            static_cast<int64_t>(journeys.size()));
}

TEST_F(QueryTest, TimelineIsInCanonicalOrderAndComplete) {
  v1::GetTimelineRequest request;
  request.set_without_changes(true);
  request.set_tenant_id(Engine::kTenant);
  request.mutable_subject()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
  request.mutable_subject()->set_id("A0");
  const auto ask = [&](const auto& r) {
    return engine_->views().GetTimeline(r, Always);
  };
  const auto rows = [](const auto& r) { return r.entries(); };
  const auto forwards = AllPages(request, 3, ask, rows);
  request.set_newest_first(true);
  const auto backwards = AllPages(request, 4, ask, rows);
  ASSERT_EQ(forwards.size(), backwards.size());
  for (int i = 0; i < forwards.size(); ++i) {
    EXPECT_EQ(forwards[i].position(),
              backwards[forwards.size() - 1 - i].position());
    if (i > 0) {
      EXPECT_LT(core::OrderKeyOf(forwards[i - 1].touchpoint()),
                core::OrderKeyOf(forwards[i].touchpoint()));
    }
  }
  v1::GetJourneyRequest get;
  get.set_tenant_id(Engine::kTenant);
  *get.mutable_subject() = request.subject();
  EXPECT_EQ(
      engine_->views().GetJourney(get, Always)->journey().touchpoint_count(),
      forwards.size());
}

// More touchpoints of one instant than are read at a time.
TEST_F(QueryTest, TouchpointsOfOneInstantAreInCanonicalOrder) {
  constexpr int kCount = 2300;
  std::vector<int> numbers(kCount);
  std::iota(numbers.begin(), numbers.end(), 10'000);
  std::shuffle(numbers.begin(), numbers.end(), random_);
  const auto make = [](int number, const std::string& date) {
    v1::Touchpoint touchpoint;
    touchpoint.set_source("crm");
    touchpoint.set_touchpoint_id(absl::StrCat(number));
    *touchpoint.mutable_occurred_at() = core::ToTimestamp(At(date));
    touchpoint.set_account_id("Tied");
    touchpoint.set_deal_id("tied");
    touchpoint.mutable_deal()->set_action(v1::DealChange::ACTION_UPDATED);
    touchpoint.mutable_deal()->set_name(absl::StrCat("name ", number));
    return touchpoint;
  };
  for (size_t i = 0; i < numbers.size(); i += 100) {
    std::vector<v1::Touchpoint> batch;
    for (size_t k = i; k < i + 100; ++k) {
      batch.push_back(make(numbers[k], "2025-01-02"));
    }
    ASSERT_TRUE(engine_->Append(batch).ok());
  }
  // Late: the journey is folded again.
  ASSERT_TRUE(engine_->Append({make(99'999, "2025-01-01")}).ok());

  v1::GetDealRequest deal;
  deal.set_tenant_id(Engine::kTenant);
  deal.set_deal_id("tied");
  EXPECT_EQ(engine_->views().GetDeal(deal, Always)->deal().name(),
            absl::StrCat("name ", 10'000 + kCount - 1));

  v1::GetTimelineRequest request;
  request.set_without_changes(true);
  request.set_tenant_id(Engine::kTenant);
  request.mutable_subject()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
  request.mutable_subject()->set_id("Tied");
  const auto ids = [&](int page_size) {
    std::vector<std::string> out;
    const auto entries = AllPages(
        request, page_size,
        [&](const auto& r) { return engine_->views().GetTimeline(r, Always); },
        [](const auto& r) { return r.entries(); });
    for (const auto& entry : entries) {
      out.push_back(entry.touchpoint().touchpoint_id());
    }
    return out;
  };
  std::vector<std::string> want = {"99999"};
  for (int i = 0; i < kCount; ++i) want.push_back(absl::StrCat(10'000 + i));
  EXPECT_EQ(ids(700), want);
  std::reverse(want.begin(), want.end());
  request.set_newest_first(true);
  EXPECT_EQ(ids(700), want);
}

TEST_F(QueryTest, SubjectPositionsNameTouchpointsAndRetractions) {
  v1::Subject subject;
  subject.set_type(v1::SUBJECT_TYPE_CONTACT);
  subject.set_id("C1");
  std::set<int64_t> want;
  for (size_t i = 0; i < history_.size(); ++i) {
    if (history_[i].contact_id() == "C1") {
      want.insert(static_cast<int64_t>(i) + 1);
    }
  }
  const auto& retracted = history_[static_cast<size_t>(*want.begin()) - 1];
  const auto retraction = engine_->Retract(retracted.touchpoint_id());
  ASSERT_TRUE(retraction.ok());
  want.insert(retraction->results(0).position());
  const auto positions =
      engine_->views().SubjectPositions(Engine::kTenant, subject);
  ASSERT_TRUE(positions.ok());
  EXPECT_EQ(std::set<int64_t>(positions->begin(), positions->end()), want);
}

}  // namespace
}  // namespace journey::testing
