// Sources whose clocks the rule set does not trust.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "service/core/limits.h"
#include "service/core/time.h"
#include "tests/e2e/calls.h"
#include "tests/e2e/http_get.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr core::Micros kHour = 3600 * core::kMicrosPerSecond;

class SenderClockTest : public ::testing::Test {
 protected:
  // The default rule set, but for the clock of the kiosk.
  std::string WriteRules() {
    std::ifstream defaults(JOURNEY_RULES_FILE);
    std::stringstream text;
    text << defaults.rdbuf() << "clocks:\n  untrusted_sources: [kiosk]\n";
    WriteFile(dir_.Join("rules.yaml"), text.str());
    return dir_.Join("rules.yaml");
  }

  // A call that `source` reports as soon as it has ended, by a clock that is
  // off by `skew`.
  [[nodiscard]] v1::Touchpoint Reported(const std::string& id,
                                        const std::string& source,
                                        core::Micros skew) {
    v1::Touchpoint call = Call(id);
    call.set_source(source);
    *call.mutable_occurred_at() =
        core::ToTimestamp(server_.clock().Now() - kHour + skew);
    *call.mutable_sent_at() = core::ToTimestamp(server_.clock().Now() + skew);
    return call;
  }

  std::vector<v1::Event> Events() {
    v1::ReadRequest request;
    request.set_tenant_id(kTenant);
    return Read(server_.client(), request).response;
  }

  v1::GetTimelineResponse Timeline() {
    v1::GetTimelineRequest request;
    request.set_without_changes(true);
    request.set_tenant_id(kTenant);
    request.mutable_subject()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
    request.mutable_subject()->set_id("globex");
    v1::GetTimelineResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(server_.client()
                    .journeys->GetTimeline(&context, request, &response)
                    .ok());
    return response;
  }

  TempDir dir_;
  const std::string rules_file_ = WriteRules();
  bool trusts_all_ = false;
  TestServer server_{[this](server::ServerOptions& options) {
    options.config.metrics_listen = "127.0.0.1:0";
    if (!trusts_all_) options.config.rules = rules_file_;
  }};
};

TEST_F(SenderClockTest, CorrectedInstantDecidesAndBothAreShown) {
  const core::Micros now = server_.clock().Now();
  const v1::Touchpoint slow = Reported("slow", "kiosk", -100 * kHour);
  v1::Touchpoint before = Call("before");
  *before.mutable_occurred_at() = core::ToTimestamp(now - 2 * kHour);
  ASSERT_TRUE(Append(server_.client(), Batch({slow, before})).status.ok());
  const auto check = [&] {
    const auto events = Events();
    ASSERT_EQ(events.size(), 2u);
    EXPECT_EQ(events[0].touchpoint().SerializeAsString(),
              slow.SerializeAsString());
    EXPECT_EQ(core::ToMicros(events[0].corrected_occurred_at()), now - kHour);
    EXPECT_FALSE(events[1].has_corrected_occurred_at());
    const auto timeline = Timeline();
    ASSERT_EQ(timeline.entries_size(), 2);
    EXPECT_EQ(timeline.entries(0).touchpoint().touchpoint_id(), "before");
    EXPECT_FALSE(timeline.entries(0).has_corrected_occurred_at());
    EXPECT_EQ(timeline.entries(1).touchpoint().SerializeAsString(),
              slow.SerializeAsString());
    EXPECT_EQ(core::ToMicros(timeline.entries(1).corrected_occurred_at()),
              now - kHour);
    const auto journey = GetAccount(server_.client(), "globex");
    EXPECT_EQ(core::ToMicros(journey.response.journey().last_touchpoint_at()),
              now - kHour);
  };
  check();
  // It is kept, also where the rule set trusts the source from now on.
  trusts_all_ = true;
  server_.clock().Advance(kHour);
  server_.Restart();
  check();
}

TEST_F(SenderClockTest, FilterGoesByTheCorrectedInstant) {
  ASSERT_TRUE(
      Append(server_.client(), Batch({Reported("slow", "kiosk", -100 * kHour)}))
          .status.ok());
  v1::ReadRequest request;
  request.set_tenant_id(kTenant);
  *request.mutable_filter()->mutable_occurred_from() =
      core::ToTimestamp(server_.clock().Now() - 2 * kHour);
  EXPECT_EQ(Read(server_.client(), request).response.size(), 1u);
  *request.mutable_filter()->mutable_occurred_before() =
      request.filter().occurred_from();
  request.mutable_filter()->clear_occurred_from();
  EXPECT_EQ(Read(server_.client(), request).response.size(), 0u);
}

TEST_F(SenderClockTest, RepeatReturnsTheFirstResult) {
  v1::Touchpoint call = Reported("1", "kiosk", kHour);
  ASSERT_TRUE(Append(server_.client(), Batch({call})).status.ok());
  const auto first = Events().at(0).corrected_occurred_at();
  server_.clock().Advance(3 * kHour);
  *call.mutable_sent_at() = core::ToTimestamp(server_.clock().Now());
  const auto repeat = Append(server_.client(), Batch({call}));
  ASSERT_TRUE(repeat.status.ok());
  EXPECT_TRUE(repeat.response.results(0).repeated());
  EXPECT_EQ(core::ToMicros(Events().at(0).corrected_occurred_at()),
            core::ToMicros(first));
}

TEST_F(SenderClockTest, MistakesAreNamed) {
  v1::Touchpoint unsent = Reported("1", "kiosk", 0);
  unsent.clear_sent_at();
  v1::Touchpoint future = Reported("2", "kiosk", 0);
  *future.mutable_occurred_at() =
      core::ToTimestamp(server_.clock().Now() + 25 * kHour);
  const auto answer = Append(server_.client(), Batch({unsent, future}));
  EXPECT_THAT(
      BadFields(answer.status),
      ElementsAre("touchpoints[0].sent_at", "touchpoints[1].occurred_at"));
}

TEST_F(SenderClockTest, SkewIsMeasuredForEverySourceUpToABound) {
  const auto metrics = [this] {
    return HttpGet(server_.server().metrics_address(), "/metrics");
  };
  constexpr char kName[] = "journey_source_clock_skew_seconds{source=";
  EXPECT_THAT(metrics(), Not(HasSubstr(kName)));
  ASSERT_TRUE(
      Append(server_.client(), Batch({Reported("1", "kiosk", -2 * kHour),
                                      Reported("2", "crm", kHour), Call("3")}))
          .status.ok());
  EXPECT_THAT(metrics(), HasSubstr(std::string(kName) + "\"kiosk\"} 7200\n"));
  EXPECT_THAT(metrics(), HasSubstr(std::string(kName) + "\"crm\"} -3600\n"));
  std::vector<v1::Touchpoint> many;
  for (int i = 0; i < core::kMetricSourcesMax; ++i) {
    many.push_back(Reported("1", "source-" + std::to_string(i), -kHour));
  }
  ASSERT_TRUE(Append(server_.client(), Batch(many)).status.ok());
  const std::string text = metrics();
  EXPECT_THAT(text, HasSubstr("\"source-0\"} 3600\n"));
  EXPECT_THAT(text, HasSubstr("\"source-97\"} 3600\n"));
  EXPECT_THAT(text, Not(HasSubstr("\"source-98\"}")));
  EXPECT_THAT(text, HasSubstr(std::string(kName) + "\"other\"} 3600\n"));
}

}  // namespace
}  // namespace journey::testing
