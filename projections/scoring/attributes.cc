#include "projections/scoring/attributes.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "projections/rules/payload_fields.h"

namespace journey::projections {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Value;

std::optional<Value> TextValue(const std::string& text) {
  if (text.empty()) return std::nullopt;
  Value value;
  value.set_string_value(text);
  return value;
}

Value NumberValue(double number) {
  Value value;
  value.set_number_value(number);
  return value;
}

// Unset for texts and enums without a value, and for other messages.
std::optional<Value> ValueOf(const Message& payload,
                             const FieldDescriptor& field) {
  const auto& reflection = *payload.GetReflection();
  if (field.is_repeated()) return std::nullopt;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return TextValue(reflection.GetString(payload, &field));
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* value = reflection.GetEnum(payload, &field);
      if (value->number() == 0) return std::nullopt;
      return TextValue(ShortName(*value));
    }
    case FieldDescriptor::CPPTYPE_INT32:
      return NumberValue(reflection.GetInt32(payload, &field));
    case FieldDescriptor::CPPTYPE_BOOL: {
      Value value;
      value.set_bool_value(reflection.GetBool(payload, &field));
      return value;
    }
    default:
      return std::nullopt;
  }
}

bool IsText(const Value& value, const std::string& text) {
  switch (value.kind_case()) {
    case Value::kStringValue:
      return absl::EqualsIgnoreCase(value.string_value(), text);
    case Value::kNumberValue: {
      double number = 0;
      return absl::SimpleAtod(text, &number) && number == value.number_value();
    }
    case Value::kBoolValue:
      return text == (value.bool_value() ? "true" : "false");
    default:
      return false;
  }
}

}  // namespace

std::optional<Value> AttributeOf(const v1::Touchpoint& touchpoint,
                                 const std::string& key) {
  if (const Message* payload = PayloadOf(touchpoint)) {
    const auto* field = payload->GetDescriptor()->FindFieldByName(key);
    if (field != nullptr) {
      std::optional<Value> value = ValueOf(*payload, *field);
      if (value.has_value()) return value;
    }
  }
  const auto& free = touchpoint.attributes().fields();
  const auto it = free.find(key);
  if (it == free.end() || it->second.kind_case() == Value::kNullValue ||
      it->second.kind_case() == Value::KIND_NOT_SET) {
    return std::nullopt;
  }
  return it->second;
}

bool Holds(const v1::AttributeCondition& condition, const Value& value) {
  const auto& one_of = condition.one_of();
  if (!one_of.empty() &&
      std::none_of(one_of.begin(), one_of.end(),
                   [&](const auto& text) { return IsText(value, text); })) {
    return false;
  }
  if (!condition.has_min() && !condition.has_max()) return true;
  if (value.kind_case() != Value::kNumberValue) return false;
  const double number = value.number_value();
  if (condition.has_min() && !(number >= condition.min())) return false;
  return !condition.has_max() || number <= condition.max();
}

}  // namespace journey::projections
