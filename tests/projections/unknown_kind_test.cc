// Touchpoints whose payload only a newer version knows.
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "service/core/time.h"
#include "tests/projections/scenario.h"

namespace journey::testing {
namespace {

// What the rules would make much of, were the kind known.
v1::Touchpoint Unknown(const std::string& id, const std::string& occurred_at) {
  return Tp(id, occurred_at,
            "account_id: 'A' deal_id: 'D' owner_id: 'eva' "
            "direction: DIRECTION_OUTBOUND campaign { name: 'spring' } "
            "sentiment: SENTIMENT_NEGATIVE");
}

TEST(UnknownKind, CountsAsATouchpointAndChangesNothingElse) {
  std::vector<v1::Touchpoint> given = {
      Tp("01", "2025-01-01",
         "account_id: 'A' form_submission { intent: INTENT_CONTACT }"),
      Tp("02", "2025-01-02",
         "account_id: 'A' form_submission { intent: INTENT_DEMO }"),
      Tp("03", "2025-01-03",
         "account_id: 'A' deal_id: 'D' deal { action: ACTION_OPENED }"),
      Tp("04", "2025-01-04",
         "account_id: 'A' deal_id: 'D' "
         "offer { action: ACTION_SENT offer_id: 'O' }"),
  };
  constexpr char kAsOf[] = "2025-03-01";
  const v1::Journey without = JourneyAt(kAsOf, given);
  for (const char* day : {"2025-01-02", "2025-01-03", "2025-01-20"}) {
    given.push_back(Unknown(std::string("9") + day, day));
  }
  v1::Journey with = JourneyAt(kAsOf, given);
  EXPECT_EQ(with.touchpoint_count(), without.touchpoint_count() + 3);
  EXPECT_EQ(core::ToMicros(with.last_touchpoint_at()), At("2025-01-20"));
  with.set_touchpoint_count(without.touchpoint_count());
  *with.mutable_last_touchpoint_at() = without.last_touchpoint_at();
  EXPECT_EQ(with.DebugString(), without.DebugString());
}

TEST(UnknownKind, AloneMakesAJourneyThatIsNowhereYet) {
  const v1::Journey journey =
      JourneyAt("2025-03-01", {Unknown("1", "2025-01-01")});
  EXPECT_EQ(journey.touchpoint_count(), 1);
  EXPECT_EQ(journey.stage().stage_id(), "awareness");
  EXPECT_EQ(journey.lead().status(), v1::LEAD_STATUS_NONE);
  EXPECT_TRUE(journey.open_deals().empty());
}

}  // namespace
}  // namespace journey::testing
