#include "projections/rules/yaml_message.h"

#include <yaml-cpp/yaml.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "projections/rules/payload_fields.h"
#include "service/core/limits.h"

namespace journey::projections {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

YamlPlace PlaceOf(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {mark.line + 1, mark.column + 1};
}

// Numbers and booleans are written without quotes.
bool IsPlainScalar(const YAML::Node& node) {
  return node.IsScalar() && node.Tag() == "?";
}

std::string FieldNames(const Descriptor& descriptor) {
  std::string names;
  for (int i = 0; i < descriptor.field_count(); ++i) {
    absl::StrAppend(&names, i == 0 ? "" : ", ", descriptor.field(i)->name());
  }
  return names;
}

// Null for a name that is not one of the enum's.
const EnumValueDescriptor* FindEnumValue(const EnumDescriptor& type,
                                         absl::string_view name) {
  const EnumValueDescriptor* full = type.FindValueByName(std::string(name));
  if (full != nullptr && full->number() != 0) return full;
  return FindShortName(type, name);
}

bool IsWholeNumber(absl::string_view text) {
  absl::ConsumePrefix(&text, "-");
  if (text.empty()) return false;
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

// One reading of one text.
class Reader {
 public:
  explicit Reader(YamlReading& reading) : reading_(reading) {}

  void ReadDocument(const YAML::Node& root, Message& message) {
    reading_.places[""] = PlaceOf(root.Mark());
    ReadMessage(root, "", message);
  }

 private:
  // A node, the path of the field that it is the value of, and its place.
  struct Value {
    const YAML::Node& node;
    const std::string& path;
    YamlPlace place;
  };

  void Fail(YamlPlace place, const std::string& path, std::string description) {
    if (reading_.mistakes.size() >= core::kViolationsMax) return;
    reading_.mistakes.push_back({place, path, std::move(description)});
  }
  void Fail(const Value& value, std::string description) {
    Fail(value.place, value.path, std::move(description));
  }

  // False once too many nodes were read.
  bool CountNode(const Value& value) {
    if (++nodes_ == core::kRuleSetValuesMax) {
      Fail(value, absl::StrCat("is where reading ended: more than ",
                               core::kRuleSetValuesMax, " values"));
    }
    return nodes_ < core::kRuleSetValuesMax;
  }

  void ReadMessage(const YAML::Node& node, const std::string& path,
                   Message& message) {
    const Descriptor& descriptor = *message.GetDescriptor();
    if (!node.IsMap()) {
      Fail(reading_.places[path], path,
           absl::StrCat("must be a mapping of ", FieldNames(descriptor)));
      return;
    }
    std::set<std::string> seen;
    for (const auto& entry : node) {
      ReadEntry(entry.first, entry.second, path, seen, message);
    }
  }

  void ReadEntry(const YAML::Node& key, const YAML::Node& node,
                 const std::string& parent, std::set<std::string>& seen,
                 Message& message) {
    const YamlPlace key_place = PlaceOf(key.Mark());
    if (!key.IsScalar()) {
      Fail(key_place, parent, "has a key that is no name of a field");
      return;
    }
    const std::string& name = key.Scalar();
    const std::string path =
        parent.empty() ? name : absl::StrCat(parent, ".", name);
    const FieldDescriptor* field =
        message.GetDescriptor()->FindFieldByName(name);
    if (field == nullptr) {
      Fail(key_place, path,
           absl::StrCat("is not known here; the fields are ",
                        FieldNames(*message.GetDescriptor())));
      return;
    }
    if (!seen.insert(name).second) {
      Fail(key_place, path, "is given twice; remove one");
      return;
    }
    const Value value{node, path,
                      node.IsScalar() ? PlaceOf(node.Mark()) : key_place};
    reading_.places[path] = value.place;
    if (!CountNode(value)) return;
    if (node.IsNull()) {
      Fail(value,
           "has no value; give one ({} for an empty mapping), or remove the "
           "line");
    } else if (field->is_repeated()) {
      ReadList(value, *field, message);
    } else {
      ReadValue(value, *field, message);
    }
  }

  void ReadList(const Value& list, const FieldDescriptor& field,
                Message& message) {
    if (!list.node.IsSequence()) {
      Fail(list, "must be a list: one line with \"- \" for each element");
      return;
    }
    int index = 0;
    for (const auto& element : list.node) {
      const std::string path = absl::StrCat(list.path, "[", index++, "]");
      const Value value{element, path, PlaceOf(element.Mark())};
      reading_.places[path] = value.place;
      if (!CountNode(value)) return;
      ReadValue(value, field, message);
    }
  }

  void ReadValue(const Value& value, const FieldDescriptor& field,
                 Message& message) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        ReadMessage(value.node, value.path, *SubMessage(field, message));
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        ReadInt32(value, field, message);
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        ReadInt64(value, field, message);
        break;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        ReadDouble(value, field, message);
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        ReadBool(value, field, message);
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        ReadEnum(value, field, message);
        break;
      case FieldDescriptor::CPPTYPE_STRING:
        ReadString(value, field, message);
        break;
      default:
        Fail(value, absl::StrCat("cannot be written in YAML: ",
                                 field.cpp_type_name()));
    }
  }

  static Message* SubMessage(const FieldDescriptor& field, Message& message) {
    const auto& reflection = *message.GetReflection();
    return field.is_repeated() ? reflection.AddMessage(&message, &field)
                               : reflection.MutableMessage(&message, &field);
  }

  // The number, when it is one within [min, max].
  bool ParseInt(const Value& value, int64_t min, int64_t max, int64_t* out) {
    if (!IsPlainScalar(value.node) || !IsWholeNumber(value.node.Scalar())) {
      Fail(value, "must be a whole number, without quotes");
      return false;
    }
    if (absl::SimpleAtoi(value.node.Scalar(), out) && *out >= min &&
        *out <= max) {
      return true;
    }
    Fail(value,
         absl::StrCat("is out of range; ", min, " to ", max, " can be stored"));
    return false;
  }

  void ReadInt32(const Value& value, const FieldDescriptor& field,
                 Message& message) {
    int64_t number = 0;
    if (!ParseInt(value, std::numeric_limits<int32_t>::min(),
                  std::numeric_limits<int32_t>::max(), &number)) {
      return;
    }
    const auto& reflection = *message.GetReflection();
    const auto narrow = static_cast<int32_t>(number);
    field.is_repeated() ? reflection.AddInt32(&message, &field, narrow)
                        : reflection.SetInt32(&message, &field, narrow);
  }

  void ReadInt64(const Value& value, const FieldDescriptor& field,
                 Message& message) {
    int64_t number = 0;
    if (!ParseInt(value, std::numeric_limits<int64_t>::min(),
                  std::numeric_limits<int64_t>::max(), &number)) {
      return;
    }
    const auto& reflection = *message.GetReflection();
    field.is_repeated() ? reflection.AddInt64(&message, &field, number)
                        : reflection.SetInt64(&message, &field, number);
  }

  void ReadDouble(const Value& value, const FieldDescriptor& field,
                  Message& message) {
    double number = 0;
    if (!IsPlainScalar(value.node) ||
        !absl::SimpleAtod(value.node.Scalar(), &number) ||
        !std::isfinite(number)) {
      Fail(value, "must be a number, without quotes");
      return;
    }
    const auto& reflection = *message.GetReflection();
    field.is_repeated() ? reflection.AddDouble(&message, &field, number)
                        : reflection.SetDouble(&message, &field, number);
  }

  void ReadBool(const Value& value, const FieldDescriptor& field,
                Message& message) {
    const bool is_true =
        IsPlainScalar(value.node) && value.node.Scalar() == "true";
    const bool is_false =
        IsPlainScalar(value.node) && value.node.Scalar() == "false";
    if (!is_true && !is_false) {
      Fail(value, "must be true or false, without quotes");
      return;
    }
    const auto& reflection = *message.GetReflection();
    field.is_repeated() ? reflection.AddBool(&message, &field, is_true)
                        : reflection.SetBool(&message, &field, is_true);
  }

  void ReadEnum(const Value& value, const FieldDescriptor& field,
                Message& message) {
    const EnumDescriptor& type = *field.enum_type();
    const EnumValueDescriptor* found =
        value.node.IsScalar() ? FindEnumValue(type, value.node.Scalar())
                              : nullptr;
    if (found == nullptr) {
      Fail(value, absl::StrCat("must be one of ", ShortNames(type)));
      return;
    }
    const auto& reflection = *message.GetReflection();
    field.is_repeated() ? reflection.AddEnum(&message, &field, found)
                        : reflection.SetEnum(&message, &field, found);
  }

  void ReadString(const Value& value, const FieldDescriptor& field,
                  Message& message) {
    if (!value.node.IsScalar()) {
      Fail(value, "must be a text");
      return;
    }
    const auto& reflection = *message.GetReflection();
    const std::string& text = value.node.Scalar();
    field.is_repeated() ? reflection.AddString(&message, &field, text)
                        : reflection.SetString(&message, &field, text);
  }

  YamlReading& reading_;
  int nodes_ = 0;
};

}  // namespace

YamlReading ReadYaml(absl::string_view text, Message& message) {
  YamlReading reading;
  if (text.size() > core::kRuleSetTextBytesMax) {
    reading.mistakes.push_back(
        {{},
         "",
         absl::StrCat("the text is longer than ", core::kRuleSetTextBytesMax,
                      " bytes")});
    return reading;
  }
  // yaml-cpp reports by exceptions; they end here.
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
    if (documents.size() != 1 || documents.front().IsNull()) {
      reading.mistakes.push_back(
          {{}, "", "the text must hold exactly one YAML document"});
      return reading;
    }
    Reader(reading).ReadDocument(documents.front(), message);
  } catch (const YAML::Exception& e) {
    reading.mistakes.push_back(
        {PlaceOf(e.mark), "", absl::StrCat("is not YAML: ", e.msg)});
  }
  return reading;
}

}  // namespace journey::projections
