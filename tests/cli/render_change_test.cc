#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "cli/instants.h"
#include "cli/render.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Printed(const v1::DiffJourneyResponse& diff) {
  std::ostringstream out;
  cli::PrintDiff(diff, cli::FromMicros(0), out);
  return out.str();
}

TEST(RenderChangeTest, ComparesScoresWhereThereAreAny) {
  v1::DiffJourneyResponse diff;
  diff.mutable_after()->set_open_deal_count(1200);
  EXPECT_THAT(Printed(diff), Not(HasSubstr("Score")));
  EXPECT_THAT(Printed(diff), Not(HasSubstr("Fit")));
  EXPECT_THAT(Printed(diff), HasSubstr("1200"));
  auto& scores = *diff.mutable_after()->mutable_scores();
  scores.mutable_behaviour()->set_points(-0.04);
  EXPECT_THAT(Printed(diff), HasSubstr("Score"));
  EXPECT_THAT(Printed(diff), Not(HasSubstr("-0.0")));
  EXPECT_THAT(Printed(diff), Not(HasSubstr("Fit")));
  scores.mutable_fit()->set_points(-20);
  EXPECT_THAT(Printed(diff), HasSubstr("-20"));
}

}  // namespace
}  // namespace journey::testing
