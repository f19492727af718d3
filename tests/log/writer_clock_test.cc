// Clocks that are not trusted: corrected once, when a touchpoint is accepted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "service/core/time.h"
#include "tests/log/log_testing.h"
#include "tests/log/writer_fixture.h"

namespace journey::log {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

constexpr core::Micros kHour = 3600 * core::kMicrosPerSecond;

class WriterClockTest : public WriterTest {
 protected:
  // Occurred three hours before it was sent, by a clock that is off by `skew`.
  std::shared_ptr<v1::Touchpoint> Sent(const std::string& id,
                                       const std::string& source,
                                       core::Micros skew) {
    auto touchpoint = MakeTouchpoint(id);
    touchpoint->set_source(source);
    *touchpoint->mutable_occurred_at() = core::ToTimestamp(occurred_at_ + skew);
    *touchpoint->mutable_sent_at() =
        core::ToTimestamp(occurred_at_ + 3 * kHour + skew);
    return touchpoint;
  }

  [[nodiscard]] LogEvent EventAt(size_t position) const {
    return views_.events("t").at(position - 1);
  }

  const core::Micros occurred_at_ = clock_.Now() - 3 * kHour;
};

TEST_F(WriterClockTest, CorrectedInstantIsAppliedAndKept) {
  const auto touchpoint = Sent("a", kUntrustedSource, -2 * kHour);
  ASSERT_TRUE(Wait(Send({touchpoint})).ok());
  const auto check = [&] {
    const LogEvent event = EventAt(1);
    EXPECT_EQ(core::ToMicros(event.touchpoint->occurred_at()), occurred_at_);
    EXPECT_EQ(AsGiven(event)->SerializeAsString(),
              touchpoint->SerializeAsString());
  };
  check();
  // A replay does not reckon again.
  clock_.Advance(kHour);
  Restart(/*fresh=*/false);
  check();
}

TEST_F(WriterClockTest, TrustedClocksAreTakenAtTheirWord) {
  ASSERT_TRUE(Wait(Send({Sent("a", "crm", -2 * kHour)})).ok());
  const LogEvent event = EventAt(1);
  EXPECT_EQ(core::ToMicros(event.touchpoint->occurred_at()),
            occurred_at_ - 2 * kHour);
  EXPECT_EQ(event.given, nullptr);
}

TEST_F(WriterClockTest, RepeatIsComparedWithWhatWasGiven) {
  const auto first = Sent("a", kUntrustedSource, -2 * kHour);
  const auto sent_again = std::make_shared<v1::Touchpoint>(*first);
  clock_.Advance(kHour);
  *sent_again->mutable_sent_at() = core::ToTimestamp(clock_.Now());
  // In flight, within a batch, in the log.
  views_.Pause();
  const auto original = Send({first, sent_again});
  WaitForGroups(1);
  const auto repeat = Send({sent_again});
  views_.Resume();
  EXPECT_THAT(Positions(*Wait(original)), ElementsAre(1, 1));
  EXPECT_THAT(Positions(*Wait(repeat)), ElementsAre(1));
  Restart(/*fresh=*/false);
  EXPECT_THAT(Positions(*Wait(Send({sent_again}))), ElementsAre(1));
  // What counts for everybody else is not what its source said.
  auto corrected = std::make_shared<v1::Touchpoint>(*EventAt(1).touchpoint);
  EXPECT_TRUE(absl::IsAlreadyExists(Wait(Send({corrected})).status()));
}

TEST_F(WriterClockTest, SkewOfEverySourceIsReportedOnce) {
  const auto late = Sent("a", kUntrustedSource, -2 * kHour);
  (void)Wait(Send({late, late, Sent("b", "crm", kHour), MakeTouchpoint("c")}));
  (void)Wait(Send({late}));
  EXPECT_THAT(observer_.skews, ElementsAre(Pair(kUntrustedSource, 2 * kHour),
                                           Pair("crm", -kHour)));
}

}  // namespace
}  // namespace journey::log
