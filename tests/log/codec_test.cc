// The stored bytes of events.
#include "service/log/codec.h"

#include <gtest/gtest.h>

#include <string>

#include "service/core/time.h"
#include "service/log/crc32c.h"
#include "service/log/event_log.h"
#include "tests/log/log_testing.h"

namespace journey::log {
namespace {

absl::StatusOr<LogEvent> Decode(int64_t position, absl::string_view value) {
  return DecodeEvent(position, value,
                     std::make_shared<google::protobuf::Arena>());
}

TEST(CodecTest, RetractionsAndFlagsAreReadBack) {
  LogEvent event;
  event.received_at = 77;
  event.retraction = MakeRetraction("x");
  const auto retraction = Decode(5, EncodeEvent(event));
  ASSERT_TRUE(retraction.ok());
  EXPECT_EQ(retraction->position, 5);
  EXPECT_EQ(retraction->received_at, 77);
  EXPECT_EQ(retraction->retraction->touchpoint_id(), "x");

  event.retraction = nullptr;
  event.touchpoint = MakeTouchpoint("y", "text");
  event.retracted_on_arrival = true;
  event.inert_links = {v1::SUBJECT_TYPE_VISITOR, v1::SUBJECT_TYPE_CONTACT};
  const auto touchpoint = Decode(6, EncodeEvent(event));
  ASSERT_TRUE(touchpoint.ok());
  EXPECT_TRUE(touchpoint->retracted_on_arrival);
  EXPECT_EQ(touchpoint->inert_links, event.inert_links);
  EXPECT_EQ(touchpoint->touchpoint->SerializeAsString(),
            event.touchpoint->SerializeAsString());
}

TEST(CodecTest, EncodedEventIsALogRecordWithUnknownFields) {
  auto touchpoint = MakeTouchpoint("y");
  touchpoint->GetReflection()
      ->MutableUnknownFields(touchpoint.get())
      ->AddVarint(2000, 7);
  LogEvent event;
  event.received_at = 99;
  event.touchpoint = touchpoint;
  const std::string value = EncodeEvent(event);
  storage::v1::LogRecord record;
  ASSERT_TRUE(record.ParseFromString(value.substr(4)));
  EXPECT_EQ(record.received_at_us(), 99);
  EXPECT_EQ(record.touchpoint(), touchpoint->SerializeAsString());
}

TEST(CodecTest, CorrectedInstantLiesBesideWhatWasGiven) {
  LogEvent event;
  event.received_at = 99;
  event.touchpoint = MakeTouchpoint("y");
  const auto given = event.touchpoint;
  CorrectOccurredAt(0, event);
  const std::string value = EncodeEvent(event);
  storage::v1::LogRecord record;
  ASSERT_TRUE(record.ParseFromString(value.substr(4)));
  EXPECT_TRUE(record.has_occurred_at_us());
  EXPECT_EQ(record.touchpoint(), given->SerializeAsString());
  const auto decoded = Decode(5, value);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(AsGiven(*decoded)->SerializeAsString(), given->SerializeAsString());
  EXPECT_EQ(decoded->touchpoint->SerializeAsString(),
            event.touchpoint->SerializeAsString());
  EXPECT_EQ(core::ToMicros(decoded->touchpoint->occurred_at()), 0);
}

TEST(CodecTest, AnyFlippedBitOfAnEventIsFound) {
  LogEvent event;
  event.touchpoint = MakeTouchpoint("y", "text");
  const std::string value = EncodeEvent(event);
  for (size_t bit = 0; bit < value.size() * 8; ++bit) {
    std::string damaged = value;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_TRUE(absl::IsDataLoss(Decode(1, damaged).status())) << bit;
  }
}

TEST(Crc32cTest, MatchesKnownValues) {
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(ExtendCrc32c(Crc32c("1234"), "56789"), 0xe3069283u);
}

}  // namespace
}  // namespace journey::log
