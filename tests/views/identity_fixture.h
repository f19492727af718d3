// An engine whose touchpoints name many subjects, that are linked and merged.
#ifndef TESTS_VIEWS_IDENTITY_FIXTURE_H_
#define TESTS_VIEWS_IDENTITY_FIXTURE_H_

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "projections/rules/rules_yaml.h"
#include "tests/support/engine.h"
#include "tests/support/history.h"
#include "tests/support/temp_dir.h"
#include "tests/views/identity_reference.h"

namespace journey::testing {

inline absl::Status Always() { return absl::OkStatus(); }

class IdentityTest : public ::testing::Test {
 protected:
  IdentityTest() { Restart(); }

  // Begins with an empty store.
  void Restart() {
    engine_.reset();
    dir_ = std::make_unique<TempDir>();
    Reopen();
  }

  void Reopen() {
    engine_.reset();
    auto engine = Engine::Open({dir_->path()});
    ASSERT_TRUE(engine.ok()) << engine.status();
    engine_ = *std::move(engine);
  }

  void Append(const std::vector<v1::Touchpoint>& touchpoints) {
    const auto response = engine_->Append(touchpoints);
    ASSERT_TRUE(response.ok()) << response.status();
  }
  void Append(const std::string& id, const std::string& at,
              const std::string& fields) {
    Append({Tp(id, at, fields)});
  }
  void Retract(const std::string& id) {
    const auto response = engine_->Retract(id);
    ASSERT_TRUE(response.ok()) << response.status();
  }

  // All journeys, each in serialised form.
  std::map<SubjectName, std::string> Journeys() {
    std::map<SubjectName, std::string> out;
    v1::ListJourneysRequest request;
    request.set_tenant_id(Engine::kTenant);
    do {
      const auto response = engine_->views().ListJourneys(request, Always);
      EXPECT_TRUE(response.ok()) << response.status();
      if (!response.ok()) break;
      for (const v1::Journey& journey : response->journeys()) {
        out[{journey.subject().type(), journey.subject().id()}] =
            journey.SerializeAsString();
      }
      request.set_page_token(response->next_page_token());
    } while (!request.page_token().empty());
    return out;
  }

  // Ids of the touchpoints of each journey, "account:A" and so on.
  std::map<std::string, std::vector<std::string>> Timelines() {
    std::map<std::string, std::vector<std::string>> out;
    for (const auto& [name, journey] : Journeys()) {
      v1::GetTimelineRequest request;
      request.set_without_changes(true);
      request.set_tenant_id(Engine::kTenant);
      request.mutable_subject()->set_type(
          static_cast<v1::SubjectType>(name.first));
      request.mutable_subject()->set_id(name.second);
      const auto response = engine_->views().GetTimeline(request, Always);
      EXPECT_TRUE(response.ok()) << response.status();
      if (!response.ok()) continue;
      for (const auto& entry : response->entries()) {
        if (!entry.touchpoint().has_identity_link() &&
            !entry.touchpoint().has_account_merge()) {
          out[name.second].push_back(entry.touchpoint().touchpoint_id());
        }
      }
    }
    return out;
  }

  v1::ResolveResponse Resolve(v1::SubjectType type, const std::string& id,
                              const std::string& as_of) {
    v1::ResolveRequest request;
    request.set_tenant_id(Engine::kTenant);
    request.mutable_subject()->set_type(type);
    request.mutable_subject()->set_id(id);
    request.mutable_as_of()->set_seconds(At(as_of) / core::kMicrosPerSecond);
    const auto response = engine_->views().Resolve(request, Always);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::ResolveResponse());
  }

  std::unique_ptr<TempDir> dir_;
  std::unique_ptr<Engine> engine_;
};

// Random touchpoints with random ids, links and merges; some are retracted.
class RandomIdentityTest : public IdentityTest {
 protected:
  int Pick(int end) {
    return std::uniform_int_distribution<int>(0, end - 1)(random_);
  }
  std::string Id(const char* letter) { return absl::StrCat(letter, Pick(4)); }

  // At least two ids where `is_link`.
  void SetIds(v1::Touchpoint& touchpoint, bool is_link) {
    int ids = 0;
    while (ids < (is_link ? 2 : 1)) {
      touchpoint.clear_account_id();
      touchpoint.clear_contact_id();
      touchpoint.clear_anonymous_id();
      if (Pick(3) == 0) touchpoint.set_account_id(Id("A"));
      if (Pick(2) == 0) touchpoint.set_contact_id(Id("C"));
      if (Pick(2) == 0) touchpoint.set_anonymous_id(Id("V"));
      ids = static_cast<int>(!touchpoint.account_id().empty()) +
            static_cast<int>(!touchpoint.contact_id().empty()) +
            static_cast<int>(!touchpoint.anonymous_id().empty());
      if (!is_link && !touchpoint.deal_id().empty()) break;
    }
  }

  void MakeHistory(int touchpoints) {
    RandomHistoryOptions options;
    options.touchpoints = touchpoints;
    options.days = 3 + touchpoints / 4;
    options.deals = 5 + touchpoints / 10;
    history_ = RandomHistory(random_, options);
    for (v1::Touchpoint& touchpoint : history_) {
      const int form = Pick(12);
      if (form < 2) {
        touchpoint.clear_deal_id();
        *touchpoint.mutable_identity_link() = v1::IdentityLink();
        SetIds(touchpoint, /*is_link=*/true);
      } else if (form == 2) {
        touchpoint.clear_deal_id();
        touchpoint.clear_contact_id();
        touchpoint.clear_anonymous_id();
        const int account = Pick(4);
        touchpoint.set_account_id(absl::StrCat("A", account));
        touchpoint.mutable_account_merge()->set_other_account_id(
            absl::StrCat("A", (account + 1 + Pick(3)) % 4));
      } else {
        SetIds(touchpoint, /*is_link=*/false);
      }
    }
    retracted_ids_.clear();
    for (const v1::Touchpoint& touchpoint : history_) {
      if (Pick(5) == 0) retracted_ids_.push_back(touchpoint.touchpoint_id());
    }
  }

  // Delivers everything in random order and batches; retractions too, some
  // before their touchpoints. Calls `after_each` after each step.
  void Deliver(const std::function<void()>& after_each) {
    std::vector<v1::Touchpoint> touchpoints = history_;
    std::shuffle(touchpoints.begin(), touchpoints.end(), random_);
    std::vector<std::string> retracted = retracted_ids_;
    std::shuffle(retracted.begin(), retracted.end(), random_);
    const int batch_max = 1 + Pick(15);
    while (!touchpoints.empty() || !retracted.empty()) {
      if (!retracted.empty() && Pick(4) == 0) {
        Retract(retracted.back());
        retracted.pop_back();
      }
      std::vector<v1::Touchpoint> batch;
      for (int i = 1 + Pick(batch_max); i > 0 && !touchpoints.empty(); --i) {
        batch.push_back(touchpoints.back());
        touchpoints.pop_back();
      }
      if (!batch.empty()) Append(batch);
      after_each();
    }
  }

  // What has arrived by now and is in force, by the log.
  std::vector<v1::Touchpoint> InForce() {
    std::map<std::string, v1::Touchpoint> out;
    std::vector<std::string> retracted;
    const auto events = engine_->event_log().ReadRange(
        Engine::kTenant, 1, /*backwards=*/false, 1'000'000, size_t{1} << 30);
    EXPECT_TRUE(events.ok()) << events.status();
    for (const log::LogEvent& event : *events) {
      if (event.touchpoint != nullptr) {
        out[event.touchpoint->touchpoint_id()] = *event.touchpoint;
      } else {
        retracted.push_back(event.retraction->touchpoint_id());
      }
    }
    for (const std::string& id : retracted) out.erase(id);
    std::vector<v1::Touchpoint> touchpoints;
    for (auto& [id, touchpoint] : out) touchpoints.push_back(touchpoint);
    return touchpoints;
  }

  void ExpectDefinition() {
    ASSERT_EQ(Journeys(),
              ConcludeByDefinition(*rules_, InForce(), engine_->clock().Now()));
  }

  std::mt19937 random_{TestSeed(20261123)};
  std::shared_ptr<const projections::Rules> rules_ =
      *projections::LoadRulesFile(JOURNEY_RULES_DIR "/default.yaml");
  std::vector<v1::Touchpoint> history_;
  std::vector<std::string> retracted_ids_;
};

}  // namespace journey::testing

#endif  // TESTS_VIEWS_IDENTITY_FIXTURE_H_
