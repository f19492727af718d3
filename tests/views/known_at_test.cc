// `known_at` answers as the service answered then, whatever came since: late
// touchpoints, links, withdrawals.
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "service/core/time.h"
#include "tests/views/identity_fixture.h"

namespace journey::testing {
namespace {

constexpr int kHistories = 8;

class KnownAtTest : public RandomIdentityTest {
 protected:
  // What was answered at an instant, by question.
  struct Answers {
    core::Micros now = 0;
    std::map<std::string, std::string> answers;
  };

  Answers AnswersNow() {
    return {engine_->clock().Now(), Ask(std::nullopt, 1000, 1)};
  }

  // Asks about one subject in so many.
  void ExpectSameThen(const Answers& then, int one_in = 1) {
    // Pages need not be the same.
    for (const auto& [question, answer] : Ask(then.now, 5, one_in)) {
      ASSERT_EQ(answer, then.answers.at(question))
          << question << " known at " << core::FormatInstant(then.now);
    }
  }

 private:
  std::map<std::string, std::string> Ask(std::optional<core::Micros> known_at,
                                         int page_size, int one_in) {
    std::map<std::string, std::string> out;
    const views::Views& views = engine_->views();
    for (const auto& [type, letter] : {std::pair{v1::SUBJECT_TYPE_ACCOUNT, 'A'},
                                       {v1::SUBJECT_TYPE_CONTACT, 'C'},
                                       {v1::SUBJECT_TYPE_VISITOR, 'V'},
                                       {v1::SUBJECT_TYPE_DEAL, 'D'}}) {
      for (char i = '0'; i < '5'; ++i) {
        const std::string id = {letter, i};
        if (Pick(one_in) != 0) continue;
        v1::Subject subject;
        subject.set_type(type);
        subject.set_id(id);
        out["journey " + id] = TextOf(views.GetJourney(
            About<v1::GetJourneyRequest>(subject, known_at), Always));
        out["explanation " + id] = TextOf(views.ExplainJourney(
            About<v1::ExplainJourneyRequest>(subject, known_at), Always));
        out["contacts " + id] = TextOf(views.ListContacts(
            About<v1::ListContactsRequest>(subject, known_at), Always));
        auto difference = About<v1::DiffJourneyRequest>(subject, known_at);
        *difference.mutable_from() = core::ToTimestamp(At("2025-01-04"));
        out["difference " + id] = TextOf(views.DiffJourney(difference, Always));
        auto timeline = About<v1::GetTimelineRequest>(subject, known_at);
        timeline.set_page_size(page_size);
        timeline.set_newest_first(i % 2 == 0);
        timeline.set_show_retracted(i % 3 == 0);
        out["timeline " + id] = TimelineText(timeline);
      }
    }
    for (char i = '0'; i < '5'; ++i) {
      v1::GetDealRequest request;
      request.set_tenant_id(Engine::kTenant);
      request.set_deal_id({'D', i});
      if (known_at.has_value()) {
        *request.mutable_known_at() = core::ToTimestamp(*known_at);
      }
      out["deal " + request.deal_id()] = TextOf(views.GetDeal(request, Always));
    }
    return out;
  }

  template <typename Request>
  static Request About(const v1::Subject& subject,
                       std::optional<core::Micros> known_at) {
    Request request;
    request.set_tenant_id(Engine::kTenant);
    *request.mutable_subject() = subject;
    if (known_at.has_value()) {
      *request.mutable_known_at() = core::ToTimestamp(*known_at);
    }
    return request;
  }

  template <typename Response>
  static std::string TextOf(const absl::StatusOr<Response>& response) {
    return response.ok() ? response->DebugString()
                         : std::string(response.status().message());
  }

  // All pages as one.
  std::string TimelineText(v1::GetTimelineRequest request) {
    v1::GetTimelineResponse all;
    do {
      auto page = engine_->views().GetTimeline(request, Always);
      if (!page.ok()) return TextOf(page);
      all.mutable_entries()->MergeFrom(page->entries());
      all.set_log_position(page->log_position());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return TextOf(absl::StatusOr<v1::GetTimelineResponse>(all));
  }
};

// Of every other history a part is in the future.
TEST_F(KnownAtTest, AnswersAsItAnsweredThen) {
  for (int i = 0; i < kHistories; ++i) {
    MakeHistory(10 + 9 * i);
    Restart();
    if (i % 2 == 1) engine_->clock().Set(At("2025-01-06T12:00:00Z"));
    std::vector<Answers> answers;
    const auto answer = [&] {
      answers.push_back(AnswersNow());
      engine_->clock().Advance(core::kMicrosPerSecond);
    };
    answer();
    Deliver(answer);
    for (const Answers& then : answers) {
      ExpectSameThen(then, 5);
      ASSERT_FALSE(HasFatalFailure()) << "history " << i;
    }
    if (i % 4 != 0) continue;
    // Views that take in everything at once have to know as much.
    const core::Micros now = engine_->clock().Now();
    engine_.reset();
    std::filesystem::remove_all(dir_->Join("views"));
    Reopen();
    engine_->clock().Set(now);
    for (const Answers& then : answers) {
      ExpectSameThen(then, 5);
      ASSERT_FALSE(HasFatalFailure()) << "history " << i << ", made anew";
    }
  }
}

TEST_F(KnownAtTest, ALinkThatCameAndWentAtOnceIsKnownThen) {
  Append("visit", "2025-01-01", "anonymous_id: 'V1' site_visit {}");
  Append("call", "2025-01-02", "contact_id: 'C1' call {}");
  Append("link", "2025-01-03",
         "anonymous_id: 'V1' contact_id: 'C1' identity_link {}");
  const Answers then = AnswersNow();
  engine_->clock().Advance(core::kMicrosPerSecond);
  Retract("link");
  const core::Micros now = engine_->clock().Now();
  engine_.reset();
  std::filesystem::remove_all(dir_->Join("views"));
  Reopen();
  engine_->clock().Set(now);
  ExpectSameThen(then);
}

TEST_F(KnownAtTest, ResolveFollowsTheLinksInForceThen) {
  engine_->clock().Set(At("2025-01-10"));
  Append("x", "2025-01-01",
         "contact_id: 'C1' account_id: 'A1' identity_link {}");
  Append("y", "2025-01-10T06:00:00Z",
         "contact_id: 'C1' account_id: 'A2' identity_link {}");
  engine_->clock().Set(At("2025-01-12"));
  v1::ResolveRequest request;
  request.set_tenant_id(Engine::kTenant);
  request.mutable_subject()->set_type(v1::SUBJECT_TYPE_CONTACT);
  request.mutable_subject()->set_id("C1");
  EXPECT_EQ(engine_->views().Resolve(request, Always)->journey().id(), "A2");
  *request.mutable_known_at() = core::ToTimestamp(At("2025-01-10T01:00:00Z"));
  EXPECT_EQ(engine_->views().Resolve(request, Always)->journey().id(), "A1");
}

TEST_F(KnownAtTest, AnInstantAfterTheClockIsThePresent) {
  MakeHistory(40);
  Deliver([] {});
  Answers later = AnswersNow();
  later.now += 3600 * core::kMicrosPerSecond;
  ExpectSameThen(later);
}

}  // namespace
}  // namespace journey::testing
