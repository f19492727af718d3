#include "tests/support/other_version.h"

#include <gtest/gtest.h>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/text_format.h"
#include "journey/v1/touchpoint.pb.h"

namespace journey::testing {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::DescriptorProto;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::Message;

constexpr char kTouchpoint[] = "journey.v1.Touchpoint";

// Copies a file and what it imports.
void AddFile(const FileDescriptor& file, const OtherVersion::Change& change,
             DescriptorPool& pool) {
  for (int i = 0; i < file.dependency_count(); ++i) {
    const FileDescriptor& imported = *file.dependency(i);
    if (pool.FindFileByName(imported.name()) == nullptr) {
      AddFile(imported, change, pool);
    }
  }
  FileDescriptorProto copy;
  file.CopyTo(&copy);
  if (&file == v1::Touchpoint::descriptor()->file()) change(copy);
  EXPECT_NE(pool.BuildFile(copy), nullptr) << file.name();
}

FieldDescriptorProto& AddField(const std::string& name, int number,
                               FieldDescriptorProto::Type type,
                               DescriptorProto& message) {
  FieldDescriptorProto& field = *message.add_field();
  field.set_name(name);
  field.set_number(number);
  field.set_type(type);
  field.set_label(FieldDescriptorProto::LABEL_OPTIONAL);
  return field;
}

}  // namespace

OtherVersion::OtherVersion(const Change& change) {
  AddFile(*v1::Touchpoint::descriptor()->file(), change, pool_);
}

std::unique_ptr<Message> OtherVersion::New() {
  return std::unique_ptr<Message>(
      factory_.GetPrototype(pool_.FindMessageTypeByName(kTouchpoint))->New());
}

std::unique_ptr<Message> OtherVersion::FromText(const std::string& text) {
  auto message = New();
  EXPECT_TRUE(
      google::protobuf::TextFormat::ParseFromString(text, message.get()))
      << text;
  return message;
}

std::unique_ptr<Message> OtherVersion::FromBytes(const std::string& bytes) {
  auto message = New();
  EXPECT_TRUE(message->ParseFromString(bytes));
  return message;
}

DescriptorProto& MessageOf(FileDescriptorProto& file, const std::string& name) {
  for (DescriptorProto& message : *file.mutable_message_type()) {
    if (message.name() == name) return message;
  }
  ADD_FAILURE() << "no message " << name;
  return *file.add_message_type();
}

void MakeNewer(FileDescriptorProto& file) {
  DescriptorProto& handover = *file.add_message_type();
  handover.set_name("Handover");
  AddField("to_owner", 1, FieldDescriptorProto::TYPE_STRING, handover);
  FieldDescriptorProto& payload =
      AddField("handover", 60, FieldDescriptorProto::TYPE_MESSAGE,
               MessageOf(file, "Touchpoint"));
  payload.set_type_name(".journey.v1.Handover");
  payload.set_oneof_index(0);
  AddField("language", 15, FieldDescriptorProto::TYPE_STRING,
           MessageOf(file, "Chat"));
}

std::string TextOf(const Message& message) {
  std::string text;
  google::protobuf::TextFormat::PrintToString(message, &text);
  return text;
}

std::string BytesOf(const Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

}  // namespace journey::testing
