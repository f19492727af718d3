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
  }
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
