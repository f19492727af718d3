#include "service/rpc/event_filter.h"

#include <gtest/gtest.h>

#include "service/core/time.h"

namespace journey::rpc {
namespace {

constexpr core::Micros kNoon = core::kMicrosPerDay / 2;

log::LogEvent Touchpoint() {
  auto touchpoint = std::make_shared<v1::Touchpoint>();
  touchpoint->set_source("web");
  *touchpoint->mutable_occurred_at() = core::ToTimestamp(kNoon);
  touchpoint->mutable_site_visit();
  log::LogEvent event;
  event.touchpoint = std::move(touchpoint);
  return event;
}

log::LogEvent Retraction() {
  auto retraction = std::make_shared<storage::v1::RetractionRecord>();
  retraction->set_source("web");
  log::LogEvent event;
  event.retraction = std::move(retraction);
  return event;
}

struct Case {
  const char* desc;
  bool touchpoint_passes;
  bool retraction_passes;
  v1::EventFilter filter;
};

template <typename Fill>
Case Make(const char* desc, bool touchpoint_passes, bool retraction_passes,
          Fill fill) {
  Case test{desc, touchpoint_passes, retraction_passes, {}};
  fill(test.filter);
  return test;
}

TEST(EventFilterTest, AllConditionsMustHold) {
  const auto at = [](core::Micros instant) {
    return core::ToTimestamp(instant);
  };
  const Case cases[] = {
      Make("nothing asked", true, true, [](auto&) {}),
      Make("kind asked", true, true,
           [](auto& f) { f.add_kinds(v1::TOUCHPOINT_KIND_SITE_VISIT); }),
      Make("other kind", false, true,
           [](auto& f) { f.add_kinds(v1::TOUCHPOINT_KIND_CALL); }),
      Make("source asked", true, true, [](auto& f) { f.add_sources("web"); }),
      Make("other source", false, false, [](auto& f) { f.add_sources("crm"); }),
      Make("one of two sources", true, true,
           [](auto& f) {
             f.add_sources("crm");
             f.add_sources("web");
           }),
      Make("from is inclusive", true, true,
           [&](auto& f) { *f.mutable_occurred_from() = at(kNoon); }),
      Make("from later", false, true,
           [&](auto& f) { *f.mutable_occurred_from() = at(kNoon + 1); }),
      Make("before is exclusive", false, true,
           [&](auto& f) { *f.mutable_occurred_before() = at(kNoon); }),
      Make("before later", true, true,
           [&](auto& f) { *f.mutable_occurred_before() = at(kNoon + 1); }),
      Make("kind but not source", false, false,
           [](auto& f) {
             f.add_kinds(v1::TOUCHPOINT_KIND_SITE_VISIT);
             f.add_sources("crm");
           }),
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.desc);
    const EventFilter filter(test.filter);
    EXPECT_EQ(filter.Matches(Touchpoint()), test.touchpoint_passes);
    EXPECT_EQ(filter.Matches(Retraction()), test.retraction_passes);
  }
}

}  // namespace
}  // namespace journey::rpc
