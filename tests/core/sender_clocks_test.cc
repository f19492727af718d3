#include "service/core/sender_clocks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "service/core/limits.h"
#include "service/core/time.h"
#include "service/core/validate.h"
#include "tests/core/samples.h"
#include "tests/core/violated_fields.h"

namespace journey::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kNow;

constexpr Micros kHour = 3600 * kMicrosPerSecond;

const SenderClocks kClocks({"kiosk"});

// A chat of `source` that occurred and was sent then by its clock.
v1::Touchpoint ChatOf(const std::string& source, Micros occurred_at,
                      Micros sent_at) {
  v1::Touchpoint chat = testing::SampleOf("chat");
  chat.set_source(source);
  *chat.mutable_occurred_at() = ToTimestamp(occurred_at);
  *chat.mutable_sent_at() = ToTimestamp(sent_at);
  return chat;
}

std::vector<std::string> Refused(const v1::Touchpoint& touchpoint) {
  return testing::ViolatedFields(
      ValidateAppend(testing::MakeAppend({touchpoint}), kNow, kClocks));
}

TEST(SenderClocksTest, OnlyUntrustedClocksAreCorrected) {
  const v1::Touchpoint slow = ChatOf("kiosk", kNow - 5 * kHour, kNow - kHour);
  EXPECT_EQ(kClocks.CorrectedOccurredAt(slow, kNow), kNow - 4 * kHour);
  const v1::Touchpoint fast =
      ChatOf("kiosk", kNow + 9 * kHour, kNow + 10 * kHour);
  EXPECT_EQ(kClocks.CorrectedOccurredAt(fast, kNow), kNow - kHour);
  // One that is right is corrected by the time on the way.
  const v1::Touchpoint right = ChatOf("kiosk", kNow - kHour, kNow - 7);
  EXPECT_EQ(kClocks.CorrectedOccurredAt(right, kNow), kNow - kHour + 7);

  v1::Touchpoint other = slow;
  other.set_source("Kiosk");
  EXPECT_EQ(kClocks.CorrectedOccurredAt(other, kNow), std::nullopt);
  EXPECT_EQ(SenderClocks().CorrectedOccurredAt(slow, kNow), std::nullopt);
  v1::Touchpoint unsent = slow;
  unsent.clear_sent_at();
  EXPECT_EQ(kClocks.CorrectedOccurredAt(unsent, kNow), std::nullopt);
}

TEST(SenderClocksTest, UntrustedSourceMustSayWhenItSent) {
  v1::Touchpoint chat = ChatOf("kiosk", kNow, kNow);
  EXPECT_THAT(Refused(chat), IsEmpty());
  chat.clear_sent_at();
  EXPECT_THAT(Refused(chat), ElementsAre("touchpoints[0].sent_at"));
  chat.set_source("crm");
  EXPECT_THAT(Refused(chat), IsEmpty());
}

TEST(SenderClocksTest, BoundsAreThoseOfTheCorrectedInstant) {
  struct {
    const char* desc;
    const char* source;
    Micros occurred_at;
    Micros sent_at;
    bool ok;
  } const cases[] = {
      {"a year ahead", "kiosk", kNow + 8760 * kHour, kNow + 8761 * kHour, true},
      {"a year ahead, trusted", "crm", kNow + 8760 * kHour, kNow + 8761 * kHour,
       false},
      {"at the bound", "kiosk", kNow, kNow - kFutureToleranceMicros, true},
      {"beyond it", "kiosk", kNow, kNow - kFutureToleranceMicros - 1, false},
      {"beyond it, trusted", "crm", kNow, kNow - kFutureToleranceMicros - 1,
       true},
      {"1970", "kiosk", kHour, kNow + kHour, true},
      {"before", "kiosk", kHour, kNow + kHour + 1, false},
  };
  for (const auto& c : cases) {
    const auto refused = Refused(ChatOf(c.source, c.occurred_at, c.sent_at));
    if (c.ok) {
      EXPECT_THAT(refused, IsEmpty()) << c.desc;
    } else {
      EXPECT_THAT(refused, ElementsAre("touchpoints[0].occurred_at")) << c.desc;
    }
  }
}

TEST(SenderClocksTest, MalformedInstantsAreNotReckonedWith) {
  v1::Touchpoint chat = ChatOf("kiosk", kNow, kNow);
  chat.mutable_sent_at()->set_seconds(std::numeric_limits<int64_t>::max());
  EXPECT_THAT(Refused(chat), ElementsAre("touchpoints[0].sent_at"));
  chat.clear_occurred_at();
  EXPECT_THAT(Refused(chat), ElementsAre("touchpoints[0].sent_at",
                                         "touchpoints[0].occurred_at"));
}

}  // namespace
}  // namespace journey::core
