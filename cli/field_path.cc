#include "cli/field_path.h"

#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cli/enum_names.h"
#include "cli/instants.h"
#include "cli/json.h"

namespace journey::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr char kAttributesPrefix[] = "attributes.";
constexpr int kRepeatedIndexMax = 999;

std::string FieldNames(const Descriptor& type) {
  std::string names;
  for (int i = 0; i < type.field_count(); ++i) {
    absl::StrAppend(&names, i == 0 ? "" : ", ", type.field(i)->name());
  }
  return names;
}

// A message that is written as one value, not field by field.
bool IsScalarMessage(const Descriptor& type) {
  const std::string& name = type.full_name();
  return name == "google.protobuf.Timestamp" ||
         name == "google.protobuf.Duration" || name == "journey.v1.Date";
}

// Splits "products[0]" into the name and the index; -1 without one.
absl::StatusOr<int> TakeIndex(absl::string_view& part) {
  const size_t bracket = part.find('[');
  if (bracket == absl::string_view::npos) return -1;
  absl::string_view digits = part.substr(bracket + 1);
  int index = -1;
  if (!absl::ConsumeSuffix(&digits, "]") || !absl::SimpleAtoi(digits, &index) ||
      index < 0 || index > kRepeatedIndexMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", part, "\" has no index between 0 and ", kRepeatedIndexMax));
  }
  part = part.substr(0, bracket);
  return index;
}

template <typename Wanted>
absl::Status CopyInto(const absl::StatusOr<Wanted>& value, Message& target) {
  if (!value.ok()) return value.status();
  target.CopyFrom(*value);
  return absl::OkStatus();
}

absl::Status AssignScalarMessage(absl::string_view text, Message& target) {
  const std::string& name = target.GetDescriptor()->full_name();
  if (name == "journey.v1.Date") return CopyInto(ParseDate(text), target);
  if (name == "google.protobuf.Duration") {
    return CopyInto(ParseSeconds(text), target);
  }
  return CopyInto(ParseTimestamp(text), target);
}

absl::StatusOr<bool> ParseBool(absl::string_view text) {
  bool value = false;
  if (absl::SimpleAtob(text, &value)) return value;
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text, "\" is neither true nor false"));
}

template <typename Integer>
absl::StatusOr<Integer> ParseInteger(absl::string_view text) {
  Integer value = 0;
  if (absl::SimpleAtoi(text, &value)) return value;
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", text, "\" is no whole number of ", 8 * sizeof(Integer), " bits"));
}

absl::Status AssignPlain(absl::string_view text, const FieldDescriptor& field,
                         Message& parent) {
  const Reflection& reflection = *parent.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      reflection.SetString(&parent, &field, std::string(text));
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_BOOL: {
      const auto value = ParseBool(text);
      if (value.ok()) reflection.SetBool(&parent, &field, *value);
      return value.status();
    }
    case FieldDescriptor::CPPTYPE_INT32: {
      const auto value = ParseInteger<int32_t>(text);
      if (value.ok()) reflection.SetInt32(&parent, &field, *value);
      return value.status();
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      const auto value = ParseInteger<int64_t>(text);
      if (value.ok()) reflection.SetInt64(&parent, &field, *value);
      return value.status();
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto value = FindEnumValue(*field.enum_type(), text);
      if (value.ok()) reflection.SetEnum(&parent, &field, *value);
      return value.status();
    }
    default:
      return absl::InvalidArgumentError("this field cannot be mapped");
  }
}

// A list or an object as JSON text becomes part of the parent.
absl::Status AssignJson(absl::string_view text, const FieldDescriptor& field,
                        Message& parent) {
  const std::unique_ptr<Message> parsed(parent.New());
  absl::Status status =
      ParseJson(absl::StrCat("{\"", field.name(), "\":", text, "}"), *parsed);
  if (status.ok()) parent.MergeFrom(*parsed);
  return status;
}

void AssignAttribute(const std::string& name, const Cell& cell,
                     v1::Touchpoint& touchpoint) {
  auto& value = (*touchpoint.mutable_attributes()->mutable_fields())[name];
  double number = 0;
  if (cell.is_number && absl::SimpleAtod(cell.text, &number)) {
    value.set_number_value(number);
  } else {
    value.set_string_value(std::string(cell.text));
  }
}

}  // namespace

absl::StatusOr<FieldPath> FieldPath::Parse(absl::string_view column) {
  FieldPath path;
  path.column_ = std::string(column);
  absl::string_view attribute = column;
  if (absl::ConsumePrefix(&attribute, kAttributesPrefix)) {
    if (attribute.empty()) {
      return absl::InvalidArgumentError("attributes. needs a name");
    }
    path.attribute_ = std::string(attribute);
    return path;
  }
  const Descriptor* type = v1::Touchpoint::descriptor();
  for (absl::string_view part : absl::StrSplit(column, '.')) {
    const auto index = TakeIndex(part);
    if (!index.ok()) return index.status();
    if (type == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(
          path.steps_.back().field->name(), " has no fields of its own"));
    }
    const FieldDescriptor* field = type->FindFieldByName(std::string(part));
    const FieldDescriptor* amount = type->FindFieldByName("amount");
    if (field == nullptr && amount != nullptr &&
        (part == "amount_minor" || part == "currency_code")) {
      path.steps_.push_back({amount, -1});
      field = v1::Money::descriptor()->FindFieldByName(std::string(part));
    }
    if (field == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", part, "\" is no field of ", type->name(),
                       "; there are: ", FieldNames(*type)));
    }
    if (*index >= 0 &&
        (!field->is_repeated() || field->message_type() == nullptr)) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", part, "\" is no list of messages"));
    }
    path.steps_.push_back({field, *index});
    const bool inner = field->message_type() != nullptr &&
                       !IsScalarMessage(*field->message_type()) &&
                       (!field->is_repeated() || *index >= 0);
    type = inner ? field->message_type() : nullptr;
  }
  return path;
}

absl::Status FieldPath::Assign(const Cell& cell,
                               v1::Touchpoint& touchpoint) const {
  if (cell.text.empty()) return absl::OkStatus();
  if (!attribute_.empty()) {
    AssignAttribute(attribute_, cell, touchpoint);
    return absl::OkStatus();
  }
  Message* parent = &touchpoint;
  for (size_t i = 0; i < steps_.size(); ++i) {
    const auto& [field, index] = steps_[i];
    const bool last = i + 1 == steps_.size();
    const Reflection& reflection = *parent->GetReflection();
    if (index >= 0) {
      while (reflection.FieldSize(*parent, field) <= index) {
        reflection.AddMessage(parent, field);
      }
      parent = reflection.MutableRepeatedMessage(parent, field, index);
      if (last) return ParseJson(cell.text, *parent);
      continue;
    }
    if (!last) {
      parent = reflection.MutableMessage(parent, field);
      continue;
    }
    if (field->is_repeated()) return AssignJson(cell.text, *field, *parent);
    if (field->message_type() == nullptr) {
      return AssignPlain(cell.text, *field, *parent);
    }
    if (!IsScalarMessage(*field->message_type())) {
      return AssignJson(cell.text, *field, *parent);
    }
    return AssignScalarMessage(cell.text,
                               *reflection.MutableMessage(parent, field));
  }
  return absl::OkStatus();
}

}  // namespace journey::cli
