// Changes among the touchpoints of a timeline, and differences between two
// instants, agree with what is concluded for each instant by itself.
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "service/core/time.h"
#include "tests/views/identity_fixture.h"

namespace journey::testing {
namespace {

constexpr int kHistories = 15;
constexpr int kInstants = 25;

// What changes tell of a journey, applied one after the other.
struct Standing {
  std::string stage_id;
  v1::LeadStatus lead_status = v1::LEAD_STATUS_UNSPECIFIED;
  // By deal and reason: since when, and how bad.
  std::map<std::pair<std::string, int>, std::string> stalls;

  void Apply(const v1::JourneyChange& change) {
    if (change.has_stage()) {
      EXPECT_EQ(change.stage().from_stage_id(), stage_id);
      stage_id = change.stage().to_stage_id();
    } else if (change.has_lead_status()) {
      EXPECT_EQ(change.lead_status().from(), lead_status);
      lead_status = change.lead_status().to();
    } else {
      const std::pair<std::string, int> stall{change.stall().deal_id(),
                                              change.stall().reason()};
      if (change.stall().ended()) {
        EXPECT_EQ(stalls[stall], Text(change.stall()));
        stalls.erase(stall);
      } else {
        stalls[stall] = Text(change.stall());
      }
    }
  }

  static Standing Of(const v1::Journey& journey) {
    Standing out;
    out.stage_id = journey.stage().stage_id();
    out.lead_status = journey.lead().status();
    for (const v1::Deal& deal : journey.open_deals()) {
      for (const v1::Stall& stall : deal.stalls()) {
        out.stalls[{deal.deal_id(), stall.reason()}] = Text(stall);
      }
    }
    return out;
  }

  template <typename StallOrChange>
  static std::string Text(const StallOrChange& stall) {
    return absl::StrCat(v1::StallSeverity_Name(stall.severity()), " since ",
                        core::FormatInstant(core::ToMicros(stall.since())));
  }

  friend bool operator==(const Standing& a, const Standing& b) {
    return a.stage_id == b.stage_id && a.lead_status == b.lead_status &&
           a.stalls == b.stalls;
  }
};

class HistoryTest : public RandomIdentityTest {
 protected:
  static v1::Subject SubjectOf(const SubjectName& name) {
    v1::Subject subject;
    subject.set_type(static_cast<v1::SubjectType>(name.first));
    subject.set_id(name.second);
    return subject;
  }

  std::vector<v1::TimelineEntry> Timeline(v1::GetTimelineRequest request,
                                          int page_size) {
    std::vector<v1::TimelineEntry> out;
    request.set_page_size(page_size);
    do {
      const auto response = engine_->views().GetTimeline(request, Always);
      EXPECT_TRUE(response.ok()) << response.status();
      if (!response.ok()) break;
      out.insert(out.end(), response->entries().begin(),
                 response->entries().end());
      request.set_page_token(response->next_page_token());
    } while (!request.page_token().empty());
    return out;
  }

  std::vector<v1::TimelineEntry> Timeline(const SubjectName& name) {
    v1::GetTimelineRequest request;
    request.set_tenant_id(Engine::kTenant);
    *request.mutable_subject() = SubjectOf(name);
    return Timeline(request, 1000);
  }

  std::optional<v1::Journey> JourneyAt(const SubjectName& name,
                                       core::Micros as_of) {
    v1::GetJourneyRequest request;
    request.set_tenant_id(Engine::kTenant);
    *request.mutable_subject() = SubjectOf(name);
    *request.mutable_as_of() = core::ToTimestamp(as_of);
    const auto response = engine_->views().GetJourney(request, Always);
    if (!response.ok()) return std::nullopt;
    return response->journey();
  }

  core::Micros RandomInstant() {
    return At("2024-12-31") +
           Pick(400 * 24) * int64_t{3600} * core::kMicrosPerSecond;
  }

  static std::vector<std::string> Texts(
      const std::vector<v1::TimelineEntry>& entries) {
    std::vector<std::string> out;
    for (const auto& entry : entries) out.push_back(entry.DebugString());
    return out;
  }
};

TEST_F(HistoryTest, ChangesLeadToWhatIsConcludedAtEveryInstant) {
  for (int i = 0; i < kHistories; ++i) {
    MakeHistory(20 + 8 * i);
    Restart();
    Deliver([] {});
    for (const auto& [name, unused] : Journeys()) {
      const auto timeline = Timeline(name);
      for (int k = 0; k < kInstants; ++k) {
        const core::Micros instant = RandomInstant();
        const auto journey = JourneyAt(name, instant);
        // At the instant, a subject may belong to another journey.
        if (journey.has_value() && journey->subject().id() != name.second) {
          continue;
        }
        Standing standing;
        for (const v1::TimelineEntry& entry : timeline) {
          if (entry.has_change() &&
              core::ToMicros(entry.change().at()) <= instant) {
            standing.Apply(entry.change());
          }
        }
        ASSERT_EQ(standing,
                  journey.has_value() ? Standing::Of(*journey) : Standing())
            << "history " << i << ", " << name.second << " at "
            << core::FormatInstant(instant) << "\n"
            << (journey.has_value() ? journey->DebugString() : "none");
      }
    }
  }
}

TEST_F(HistoryTest, EntriesStandInTheOrderOfTime) {
  for (int i = 0; i < kHistories; ++i) {
    MakeHistory(20 + 8 * i);
    Restart();
    Deliver([] {});
    for (const auto& [name, unused] : Journeys()) {
      core::Micros before = 0;
      for (const v1::TimelineEntry& entry : Timeline(name)) {
        const core::Micros at = core::ToMicros(
            entry.has_change() ? entry.change().at()
                               : entry.touchpoint().occurred_at());
        ASSERT_LE(before, at);
        before = at;
      }
    }
  }
}

TEST_F(HistoryTest, PagesOfAnySizeAndDirectionShowTheSame) {
  for (int i = 0; i < kHistories; i += 3) {
    MakeHistory(20 + 8 * i);
    Restart();
    Deliver([] {});
    for (const auto& [name, unused] : Journeys()) {
      v1::GetTimelineRequest request;
      request.set_tenant_id(Engine::kTenant);
      *request.mutable_subject() = SubjectOf(name);
      if (Pick(2) == 0) {
        *request.mutable_as_of() = core::ToTimestamp(RandomInstant());
      }
      if (Pick(3) == 0) request.add_kinds(v1::TOUCHPOINT_KIND_DEAL);
      request.set_show_retracted(Pick(2) == 0);
      if (!engine_->views().GetTimeline(request, Always).ok()) continue;
      const auto want = Texts(Timeline(request, 1000));
      for (const int page_size : {1, 2, 7}) {
        ASSERT_EQ(Texts(Timeline(request, page_size)), want);
      }
      request.set_newest_first(true);
      for (const int page_size : {1, 3, 1000}) {
        auto falling = Texts(Timeline(request, page_size));
        std::reverse(falling.begin(), falling.end());
        ASSERT_EQ(falling, want);
      }
    }
  }
}

TEST_F(HistoryTest, DifferencesAreTheChangesOfTheTimelineBetween) {
  for (int i = 0; i < kHistories; i += 2) {
    MakeHistory(20 + 8 * i);
    Restart();
    Deliver([] {});
    for (const auto& [name, unused] : Journeys()) {
      const auto timeline = Timeline(name);
      v1::DiffJourneyRequest request;
      request.set_tenant_id(Engine::kTenant);
      *request.mutable_subject() = SubjectOf(name);
      for (int k = 0; k < 5; ++k) {
        const core::Micros a = RandomInstant();
        const core::Micros b = RandomInstant();
        *request.mutable_from() = core::ToTimestamp(std::min(a, b));
        *request.mutable_to() = core::ToTimestamp(std::max(a, b));
        const auto after = JourneyAt(name, std::max(a, b));
        const auto response = engine_->views().DiffJourney(request, Always);
        ASSERT_EQ(response.ok(), after.has_value()) << response.status();
        if (!response.ok() || after->subject().id() != name.second) continue;
        EXPECT_EQ(response->after().DebugString(), after->DebugString());
        std::vector<std::string> want;
        for (const v1::TimelineEntry& entry : timeline) {
          if (!entry.has_change()) continue;
          const core::Micros at = core::ToMicros(entry.change().at());
          if (at > std::min(a, b) && at <= std::max(a, b)) {
            want.push_back(entry.change().DebugString());
          }
        }
        std::vector<std::string> got;
        for (const auto& change : response->changes()) {
          got.push_back(change.DebugString());
        }
        ASSERT_EQ(got, want);
        EXPECT_EQ(response->touchpoint_count(),
                  response->after().touchpoint_count() -
                      response->before().touchpoint_count());
      }
    }
  }
}

TEST_F(HistoryTest, FromMustNotBeLaterThanTo) {
  Append("t", "2025-01-01", "account_id: 'A' call { outcome: OUTCOME_BUSY }");
  v1::DiffJourneyRequest request;
  request.set_tenant_id(Engine::kTenant);
  *request.mutable_subject() = SubjectOf({v1::SUBJECT_TYPE_ACCOUNT, "A"});
  *request.mutable_from() = core::ToTimestamp(At("2025-02-02"));
  *request.mutable_to() = core::ToTimestamp(At("2025-02-01"));
  EXPECT_EQ(engine_->views().DiffJourney(request, Always).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace journey::testing
