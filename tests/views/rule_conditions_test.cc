// Stages and pipelines that nobody knows are refused rather than found empty.
#include <functional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/core/errors.h"
#include "tests/core/violated_fields.h"
#include "tests/views/query_fixture.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RuleConditionsTest : public ::testing::Test {
 protected:
  RuleConditionsTest() {
    // Of a CRM whose pipeline the default rule set does not know.
    EXPECT_TRUE(engine_
                    ->Append({Tp("1", "2020-01-01",
                                 "deal_id: 'D' deal { action: ACTION_OPENED "
                                 "pipeline_id: 'legacy' stage_id: 'old' }")})
                    .ok());
  }

  static v1::ListDealsRequest Deals(const std::string& pipeline_id,
                                    const std::string& stage_id) {
    auto request = RequestAt<v1::ListDealsRequest>(std::nullopt);
    request.set_pipeline_id(pipeline_id);
    request.set_stage_id(stage_id);
    return request;
  }
  absl::Status ListDeals(const std::string& pipeline_id,
                         const std::string& stage_id) {
    return engine_->views()
        .ListDeals(Deals(pipeline_id, stage_id), Always)
        .status();
  }
  absl::Status ListStalled(const std::string& pipeline_id,
                           const std::string& stage_id) {
    auto request = RequestAt<v1::ListStalledDealsRequest>(std::nullopt);
    request.set_pipeline_id(pipeline_id);
    request.set_stage_id(stage_id);
    return engine_->views().ListStalledDeals(request, Always).status();
  }

  TempDir dir_;
  const std::unique_ptr<Engine> engine_ = Engine::Open({dir_.path()}).value();
};

TEST_F(RuleConditionsTest, UnknownPlaceOfNoDealIsRefused) {
  const std::function<absl::Status(const std::string&, const std::string&)>
      lists[] = {
          [&](const auto& p, const auto& s) { return ListDeals(p, s); },
          [&](const auto& p, const auto& s) { return ListStalled(p, s); }};
  for (const auto& list : lists) {
    const absl::Status pipeline = list("foo", "bar");
    EXPECT_EQ(core::ReasonOf(pipeline), v1::ERROR_REASON_VALIDATION_FAILED);
    EXPECT_THAT(ViolatedFields(pipeline), ElementsAre("pipeline_id"));
    EXPECT_EQ(pipeline.message(),
              "pipeline_id: \"foo\" is no pipeline of the rule set; use one "
              "of default");
    const absl::Status stage = list("", "bar");
    EXPECT_THAT(ViolatedFields(stage), ElementsAre("stage_id"));
    EXPECT_THAT(std::string(stage.message()),
                HasSubstr("\"bar\" is no pipeline stage of the rule set; use"));
    // A stage, but not of that pipeline.
    EXPECT_THAT(ViolatedFields(list("default", "old")),
                ElementsAre("stage_id"));
  }
}

TEST_F(RuleConditionsTest, KnownPlaceMayBeEmpty) {
  EXPECT_TRUE(ListDeals("default", "").ok());
  EXPECT_TRUE(ListStalled("default", "").ok());
}

TEST_F(RuleConditionsTest, DealsInUnknownPlacesAreFound) {
  EXPECT_TRUE(ListDeals("legacy", "old").ok());
  EXPECT_TRUE(ListStalled("legacy", "old").ok());
}

TEST_F(RuleConditionsTest, UnknownLifecycleStageIsRefused) {
  auto request = RequestAt<v1::ListJourneysRequest>(std::nullopt);
  request.set_stage_id("foo");
  EXPECT_EQ(engine_->views().ListJourneys(request, Always).status().message(),
            "stage_id: \"foo\" is no lifecycle stage of the rule set; use one "
            "of awareness, lead, opportunity, purchase, service, loyalty");
}

TEST_F(RuleConditionsTest, BoardThatNobodyKnowsNamesThePipelines) {
  auto request = RequestAt<v1::GetBoardRequest>(std::nullopt);
  request.set_pipeline_id("foo");
  const absl::Status status =
      engine_->views().GetBoard(request, Always).status();
  EXPECT_EQ(core::ReasonOf(status), v1::ERROR_REASON_PIPELINE_NOT_FOUND);
  EXPECT_EQ(status.message(),
            "neither the rule set nor an open deal knows pipeline \"foo\"; "
            "the rule set has default");
}

}  // namespace
}  // namespace journey::testing
