// Requests of SignalService.
#include "service/core/validate_signals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "google/protobuf/text_format.h"
#include "service/core/limits.h"
#include "service/core/time.h"
#include "tests/core/violated_fields.h"

namespace journey::core {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using testing::ViolatedFields;

constexpr Micros kNow = 1'700'000'000 * kMicrosPerSecond;

// What is wrong with a good request after `change`, in text format, was merged
// into it.
struct Case {
  const char* desc;
  std::string change;
  std::vector<std::string> refused;
};

template <typename Request>
Request Merged(const std::string& good, const std::string& change) {
  Request request;
  google::protobuf::TextFormat::Parser parser;
  EXPECT_TRUE(parser.MergeFromString(good, &request)) << good;
  EXPECT_TRUE(parser.MergeFromString(change, &request)) << change;
  return request;
}

template <typename Request, typename Validate>
void CheckCases(const std::string& good, const std::vector<Case>& cases,
                Validate validate) {
  EXPECT_TRUE(validate(Merged<Request>(good, "")).ok())
      << validate(Merged<Request>(good, ""));
  for (const Case& c : cases) {
    EXPECT_THAT(ViolatedFields(validate(Merged<Request>(good, c.change))),
                ElementsAreArray(c.refused))
        << c.desc;
  }
}

std::string Times(size_t count) { return std::string(count, 'x'); }

// `field` so many times.
std::string Repeated(const std::string& field, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += field + " ";
  return out;
}

std::vector<Case> FilterCases() {
  const int many = kFilterValuesMax + 1;
  return {
      {"all of it",
       "filter { types: SIGNAL_TYPE_STALL owner_ids: 'a' severity_min: "
       "SIGNAL_SEVERITY_CRITICAL segments: SEGMENT_LOST }",
       {}},
      {"no type",
       "filter { types: SIGNAL_TYPE_UNSPECIFIED }",
       {"filter.types[0]"}},
      {"unknown type",
       "filter { types: SIGNAL_TYPE_STALL types: 99 }",
       {"filter.types[1]"}},
      {"empty owner", "filter { owner_ids: '' }", {"filter.owner_ids[0]"}},
      {"long owner",
       "filter { owner_ids: '" + Times(kIdBytesMax + 1) + "' }",
       {"filter.owner_ids[0]"}},
      {"unknown severity",
       "filter { severity_min: 99 }",
       {"filter.severity_min"}},
      {"unknown segment", "filter { segments: 99 }", {"filter.segments[0]"}},
      {"as many as there may be",
       "filter { " + Repeated("types: SIGNAL_TYPE_LOST", kFilterValuesMax) +
           Repeated("owner_ids: 'a'", kFilterValuesMax) +
           Repeated("segments: SEGMENT_LOST", kFilterValuesMax) + "}",
       {}},
      {"one more",
       "filter { " + Repeated("types: SIGNAL_TYPE_LOST", many) +
           Repeated("owner_ids: 'a'", many) +
           Repeated("segments: SEGMENT_LOST", many) + "}",
       {"filter.types", "filter.owner_ids", "filter.segments"}},
  };
}

TEST(ValidateSignalsTest, WatchSignals) {
  std::vector<Case> cases = {
      {"bad tenant", "tenant_id: 'A B'", {"tenant_id"}},
      {"the name of a signal log", "tenant_id: 'acme/signals'", {"tenant_id"}},
      {"negative position", "after_position: -1", {"after_position"}},
      {"everything", "after_position: 7 include_historical: true", {}},
  };
  for (Case& c : FilterCases()) cases.push_back(std::move(c));
  CheckCases<v1::WatchSignalsRequest>("tenant_id: 'acme'", cases,
                                      &ValidateWatchSignals);
  EXPECT_THAT(ViolatedFields(ValidateWatchSignals({})),
              ElementsAreArray({"tenant_id"}));
}

TEST(ValidateSignalsTest, ListSignals) {
  std::vector<Case> cases = {
      {"everything",
       "subject { type: SUBJECT_TYPE_CONTACT id: 'ann' } deal_id: 'd' "
       "handling: SIGNAL_HANDLING_FINISHED include_withdrawn: true "
       "page_size: 1000 page_token: 't'",
       {}},
      {"empty subject", "subject {}", {"subject.type", "subject.id"}},
      {"long deal", "deal_id: '" + Times(kIdBytesMax + 1) + "'", {"deal_id"}},
      {"unknown handling", "handling: 99", {"handling"}},
      {"page too large", "page_size: 1001", {"page_size"}},
      {"negative page", "page_size: -1", {"page_size"}},
      {"long token",
       "page_token: '" + Times(kPageTokenBytesMax + 1) + "'",
       {"page_token"}},
  };
  for (Case& c : FilterCases()) cases.push_back(std::move(c));
  CheckCases<v1::ListSignalsRequest>("tenant_id: 'acme'", cases,
                                     &ValidateListSignals);
  EXPECT_THAT(ViolatedFields(ValidateListSignals({})),
              ElementsAreArray({"tenant_id"}));
}

TEST(ValidateSignalsTest, ListTasks) {
  const auto with_attributes = [](int count) {
    std::string out = "attributes { ";
    for (int i = 0; i < count; ++i) {
      out += "fields { key: '" + std::to_string(i) + "' value {} } ";
    }
    return out + "}";
  };
  const std::vector<Case> cases = {
      {"everything",
       "owner_id: 'ann' priority_min: SIGNAL_PRIORITY_HIGH due_by { seconds: "
       "1 } types: SIGNAL_TYPE_WELCOME page_size: 10 page_token: 't'",
       {}},
      {"long owner",
       "owner_id: '" + Times(kIdBytesMax + 1) + "'",
       {"owner_id"}},
      {"unknown priority", "priority_min: 99", {"priority_min"}},
      {"malformed instant", "due_by { nanos: -1 }", {"due_by"}},
      {"no type", "types: SIGNAL_TYPE_UNSPECIFIED", {"types[0]"}},
      {"too many types",
       Repeated("types: SIGNAL_TYPE_LOST", kFilterValuesMax + 1),
       {"types"}},
      {"attributes", with_attributes(kFilterValuesMax), {}},
      {"too many attributes",
       with_attributes(kFilterValuesMax + 1),
       {"attributes"}},
      {"page too large", "page_size: 1001", {"page_size"}},
      {"long token",
       "page_token: '" + Times(kPageTokenBytesMax + 1) + "'",
       {"page_token"}},
  };
  CheckCases<v1::ListTasksRequest>("tenant_id: 'acme'", cases,
                                   &ValidateListTasks);
  EXPECT_THAT(ViolatedFields(ValidateListTasks({})),
              ElementsAreArray({"tenant_id"}));
}

constexpr char kAction[] =
    "tenant_id: 'acme' signal_id: '0123456789abcdef0123456789ABCDEF' "
    "actor: 'anna' ";

std::vector<Case> ActionCases() {
  const std::string long_id(33, '0');
  return {
      {"with a reason", "reason: '" + Times(kReasonBytesMax) + "'", {}},
      {"bad tenant", "tenant_id: 'A'", {"tenant_id"}},
      {"short id", "signal_id: '0123'", {"signal_id"}},
      {"long id", "signal_id: '" + long_id + "'", {"signal_id"}},
      {"no digits",
       "signal_id: '0123456789abcdef0123456789abcdeg'",
       {"signal_id"}},
      {"long actor", "actor: '" + Times(kIdBytesMax + 1) + "'", {"actor"}},
      {"long reason",
       "reason: '" + Times(kReasonBytesMax + 1) + "'",
       {"reason"}},
  };
}

TEST(ValidateSignalsTest, ActionsOnSignals) {
  const std::vector<std::string> required = {"tenant_id", "signal_id", "actor"};
  CheckCases<v1::AcknowledgeRequest>(kAction, ActionCases(),
                                     &ValidateAcknowledge);
  CheckCases<v1::FinishRequest>(kAction, ActionCases(), &ValidateFinish);
  CheckCases<v1::DismissRequest>(kAction, ActionCases(), &ValidateDismiss);
  EXPECT_EQ(ViolatedFields(ValidateAcknowledge({})), required);
  EXPECT_EQ(ViolatedFields(ValidateFinish({})), required);
  EXPECT_EQ(ViolatedFields(ValidateDismiss({})), required);
}

TEST(ValidateSignalsTest, Snooze) {
  const auto validate = [](const v1::SnoozeRequest& request) {
    return ValidateSnooze(request, kNow);
  };
  std::vector<Case> cases = {
      {"a microsecond later", "until { nanos: 1000 }", {}},
      {"now", "until { nanos: 999 }", {"until"}},
      {"the past", "until { seconds: 1 }", {"until"}},
      {"malformed", "until { nanos: -1 }", {"until"}},
      {"after the year 9999", "until { seconds: 253402300800 }", {"until"}},
  };
  const std::string with_now =
      std::string(kAction) + "until { seconds: 1700000000 nanos: 2000 } ";
  CheckCases<v1::SnoozeRequest>(with_now, cases, validate);
  CheckCases<v1::SnoozeRequest>(with_now, ActionCases(), validate);
  EXPECT_EQ(
      ViolatedFields(validate({})),
      (std::vector<std::string>{"tenant_id", "signal_id", "actor", "until"}));
}

TEST(ValidateSignalsTest, RefusalsTellTheWayOut) {
  EXPECT_EQ(std::string(ValidateFinish(Merged<v1::FinishRequest>(
                                           kAction, "signal_id: 'x'"))
                            .message()),
            "signal_id: must be 32 hexadecimal digits, as ListSignals shows "
            "them, is \"x\"");
  EXPECT_EQ(std::string(ValidateSnooze(Merged<v1::SnoozeRequest>(
                                           kAction, "until { seconds: 60 }"),
                                       kNow)
                            .message()),
            "until: must be after the server's clock, 2023-11-14T22:13:20Z, is "
            "1970-01-01T00:01:00Z");
  EXPECT_THAT(
      std::string(ValidateSnooze(Merged<v1::SnoozeRequest>(kAction, ""), kNow)
                      .message()),
      HasSubstr("until: is required; say when"));
}

}  // namespace
}  // namespace journey::core
