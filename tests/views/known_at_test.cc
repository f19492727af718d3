// `known_at` answers as the service answered then, whatever came since: late
// touchpoints, links, withdrawals.
#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "service/core/time.h"
#include "tests/views/identity_fixture.h"

namespace journey::testing {
namespace {

constexpr int kHistories = 12;

class KnownAtTest : public RandomIdentityTest {
 protected:
  // What was answered at an instant.
  struct Answer {
    core::Micros now = 0;
    std::map<SubjectName, std::string> journeys;
    std::map<std::string, std::string> deals;
  };

  Answer AnswerNow() {
    Answer out;
    out.now = engine_->clock().Now();
    for (const SubjectName& name : AllSubjects()) {
      v1::GetJourneyRequest request;
      request.set_tenant_id(Engine::kTenant);
      request.mutable_subject()->set_type(
          static_cast<v1::SubjectType>(name.first));
      request.mutable_subject()->set_id(name.second);
      out.journeys[name] = Ask(request);
    }
    for (const char* deal_id : {"D0", "D1", "D2", "D3", "D4"}) {
      v1::GetDealRequest request;
      request.set_tenant_id(Engine::kTenant);
      request.set_deal_id(deal_id);
      out.deals[deal_id] = Ask(request);
    }
    return out;
  }

  void ExpectSameThen(const Answer& then) {
    for (const auto& [name, journey] : then.journeys) {
      v1::GetJourneyRequest request;
      request.set_tenant_id(Engine::kTenant);
      request.mutable_subject()->set_type(
          static_cast<v1::SubjectType>(name.first));
      request.mutable_subject()->set_id(name.second);
      *request.mutable_known_at() = core::ToTimestamp(then.now);
      ASSERT_EQ(Ask(request), journey) << name.first << ":" << name.second;
    }
    for (const auto& [deal_id, deal] : then.deals) {
      v1::GetDealRequest request;
      request.set_tenant_id(Engine::kTenant);
      request.set_deal_id(deal_id);
      *request.mutable_known_at() = core::ToTimestamp(then.now);
      ASSERT_EQ(Ask(request), deal) << deal_id;
    }
  }

  static std::vector<SubjectName> AllSubjects() {
    std::vector<SubjectName> out;
    for (const auto& [type, letter] : {std::pair{v1::SUBJECT_TYPE_ACCOUNT, 'A'},
                                       {v1::SUBJECT_TYPE_CONTACT, 'C'},
                                       {v1::SUBJECT_TYPE_VISITOR, 'V'},
                                       {v1::SUBJECT_TYPE_DEAL, 'D'}}) {
      for (char i = '0'; i < '5'; ++i) out.push_back({type, {letter, i}});
    }
    return out;
  }

  std::string Ask(const v1::GetJourneyRequest& request) {
    const auto response = engine_->views().GetJourney(request, Always);
    return response.ok() ? response->SerializeAsString()
                         : std::string(response.status().message());
  }
  std::string Ask(const v1::GetDealRequest& request) {
    const auto response = engine_->views().GetDeal(request, Always);
    return response.ok() ? response->SerializeAsString()
                         : std::string(response.status().message());
  }
};

TEST_F(KnownAtTest, AnswersAsItAnsweredThen) {
  for (int i = 0; i < kHistories; ++i) {
    MakeHistory(10 + 6 * i);
    Restart();
    std::vector<Answer> answers;
    const auto answer = [&] {
      answers.push_back(AnswerNow());
      engine_->clock().Advance(core::kMicrosPerSecond);
    };
    answer();
    Deliver(answer);
    for (const Answer& then : answers) {
      ExpectSameThen(then);
      ASSERT_FALSE(HasFatalFailure()) << "history " << i;
    }
    if (i % 4 != 0) continue;
    // Views that take in everything at once have to know as much.
    const core::Micros now = engine_->clock().Now();
    engine_.reset();
    std::filesystem::remove_all(dir_->Join("views"));
    Reopen();
    engine_->clock().Set(now);
    for (const Answer& then : answers) {
      ExpectSameThen(then);
      ASSERT_FALSE(HasFatalFailure()) << "history " << i << ", made anew";
    }
  }
}

TEST_F(KnownAtTest, ALinkThatCameAndWentAtOnceIsKnownThen) {
  Append("visit", "2025-01-01", "anonymous_id: 'V1' site_visit {}");
  Append("call", "2025-01-02", "contact_id: 'C1' call {}");
  Append("link", "2025-01-03",
         "anonymous_id: 'V1' contact_id: 'C1' identity_link {}");
  const Answer then = AnswerNow();
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
  const Answer now = AnswerNow();
  Answer later = now;
  later.now += 3600 * core::kMicrosPerSecond;
  ExpectSameThen(later);
}

}  // namespace
}  // namespace journey::testing
