// Valid touchpoints to begin from, and the fields of a touchpoint by path.
#ifndef TESTS_CORE_SAMPLES_H_
#define TESTS_CORE_SAMPLES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "journey/v1/touchpoint.pb.h"
#include "journey/v1/touchpoint_service.pb.h"
#include "service/core/clock.h"

namespace journey::testing {

// The instant at which requests of these tests are checked: 2026-01-01.
inline constexpr core::Micros kNow = 1'767'225'600 * core::kMicrosPerSecond;

// The payloads of all kinds in text format, with nothing but what is
// required.
const std::vector<std::string>& MinimalPayloads();

// A touchpoint from an envelope with subjects (none for spend) and a payload
// in text format.
v1::Touchpoint MakeTouchpoint(absl::string_view payload);

// The same with the minimal payload of the kind of this name ("email").
v1::Touchpoint SampleOf(absl::string_view kind);

// Exactly so many bytes in serialised form, `bytes` > 1,000.
v1::Touchpoint TouchpointOfSize(size_t bytes);

v1::AppendRequest MakeAppend(const std::vector<v1::Touchpoint>& touchpoints);

// A field of a touchpoint. A list of messages stands for its first element:
// "links[0].id".
struct FieldOf {
  std::string path;
  // The kind whose payload holds it; empty for the envelope.
  std::string kind;
  const google::protobuf::FieldDescriptor* field;
};

// All fields of a touchpoint, those of sub-messages too; not the parts of
// google.protobuf messages, money and dates.
std::vector<FieldOf> AllFields();

// A minimal touchpoint in which the message that holds the field exists.
struct Place {
  v1::Touchpoint touchpoint;
  google::protobuf::Message* message;
};
// Fills `place`, which must outlive what it points to.
void MakePlace(const FieldOf& field, Place& place);

}  // namespace journey::testing

#endif  // TESTS_CORE_SAMPLES_H_
