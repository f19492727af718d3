#include "service/core/signal_filter.h"

#include <gtest/gtest.h>

#include <string>

#include "google/protobuf/text_format.h"

namespace journey::core {
namespace {

TEST(SignalFilterTest, AllConditionsMustHold) {
  v1::Signal signal;
  signal.set_type(v1::SIGNAL_TYPE_STALL);
  signal.set_owner_id("ann");
  signal.set_severity(v1::SIGNAL_SEVERITY_WARNING);
  signal.add_segments(v1::SEGMENT_REGULAR);
  signal.add_segments(v1::SEGMENT_AT_RISK);
  const struct {
    const char* desc;
    const char* filter;
    bool passes;
  } cases[] = {
      {"nothing asked", "", true},
      {"type asked", "types: SIGNAL_TYPE_STALL", true},
      {"one of two types", "types: SIGNAL_TYPE_LOST types: SIGNAL_TYPE_STALL",
       true},
      {"other type", "types: SIGNAL_TYPE_LOST", false},
      {"owner asked", "owner_ids: 'bob' owner_ids: 'ann'", true},
      {"other owner", "owner_ids: 'bob'", false},
      {"the same severity", "severity_min: SIGNAL_SEVERITY_WARNING", true},
      {"a lower severity", "severity_min: SIGNAL_SEVERITY_INFO", true},
      {"a higher severity", "severity_min: SIGNAL_SEVERITY_CRITICAL", false},
      {"one of the segments", "segments: SEGMENT_AT_RISK", true},
      {"one of two segments",
       "segments: SEGMENT_LOST segments: SEGMENT_REGULAR", true},
      {"other segment", "segments: SEGMENT_LOST", false},
      {"type but not owner", "types: SIGNAL_TYPE_STALL owner_ids: 'bob'",
       false},
      {"everything",
       "types: SIGNAL_TYPE_STALL owner_ids: 'ann' severity_min: "
       "SIGNAL_SEVERITY_WARNING segments: SEGMENT_REGULAR",
       true},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.desc);
    v1::SignalFilter filter;
    ASSERT_TRUE(
        google::protobuf::TextFormat::ParseFromString(test.filter, &filter));
    EXPECT_EQ(Matches(filter, signal), test.passes);
  }
}

}  // namespace
}  // namespace journey::core
