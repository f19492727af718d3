#include "projections/profile/profile.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "google/protobuf/struct.pb.h"
#include "service/core/limits.h"

namespace journey::projections {
namespace {

using google::protobuf::Value;
using storage::v1::AttributeState;
using storage::v1::JourneyState;

// What a profile says, by key: its fields go before free attributes. Sorted,
// because the order of a protobuf map is not defined.
std::map<std::string, Value> AttributesOf(const v1::Touchpoint& touchpoint) {
  std::map<std::string, Value> out(touchpoint.attributes().fields().begin(),
                                   touchpoint.attributes().fields().end());
  const auto add = [&](const char* key, const std::string& text) {
    if (!text.empty()) out[key].set_string_value(text);
  };
  const v1::Profile& profile = touchpoint.profile();
  add("name", profile.name());
  add("industry", profile.industry());
  add("size", profile.size());
  add("persona", profile.persona());
  add("mail_domain", profile.mail_domain());
  return out;
}

// Long texts and nested values are for people, not for rules.
bool IsKept(const std::string& key, const Value& value) {
  if (key.empty() || key.size() > core::kLabelBytesMax) return false;
  switch (value.kind_case()) {
    case Value::kStringValue:
      return value.string_value().size() <= core::kNameBytesMax;
    case Value::kNumberValue:
      return std::isfinite(value.number_value());
    default:
      return value.kind_case() == Value::kBoolValue;
  }
}

void Forget(const std::string& key, JourneyState& state) {
  auto& attributes = *state.mutable_profile();
  attributes.erase(
      std::remove_if(attributes.begin(), attributes.end(),
                     [&](const auto& other) { return other.key() == key; }),
      attributes.end());
}

}  // namespace

void ApplyToProfile(const v1::Touchpoint& touchpoint, JourneyState& state) {
  if (!touchpoint.has_profile()) return;
  if (!touchpoint.owner_id().empty()) {
    state.set_profile_owner_id(touchpoint.owner_id());
  }
  for (auto& [key, value] : AttributesOf(touchpoint)) {
    Forget(key, state);
    if (!IsKept(key, value)) continue;
    auto& attributes = *state.mutable_profile();
    if (attributes.size() == core::kProfileAttributesMax) {
      attributes.DeleteSubrange(0, 1);
    }
    AttributeState& attribute = *attributes.Add();
    attribute.set_key(key);
    *attribute.mutable_value() = value;
    attribute.mutable_cause()->set_source(touchpoint.source());
    attribute.mutable_cause()->set_touchpoint_id(touchpoint.touchpoint_id());
  }
}

}  // namespace journey::projections
