// `journeyctl identity link|merge`; the other commands of the group have files
// of their own.
#include <openssl/evp.h>

#include <array>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/render.h"
#include "service/core/limits.h"

namespace journey::cli {
namespace {

// Who says that two subjects belong together, and what it is called.
struct AssertOptions {
  std::string first;
  std::string second;
  std::string source = "journeyctl";
  std::string id;
  std::string instant = "now";
  std::string reason;
  std::string actor;
};

std::string Sha256(absl::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(),
             nullptr);
  return absl::BytesToHexString(
      {reinterpret_cast<const char*>(digest.data()), size});
}

// The id given, else one that is the same when the command is repeated with
// the same instant.
std::string IdOf(const AssertOptions& options, const char* between,
                 const google::protobuf::Timestamp& instant) {
  if (!options.id.empty()) return options.id;
  std::string id = absl::StrCat(options.first, between, options.second, "@",
                                Rfc3339(instant));
  return id.size() <= core::kIdBytesMax ? id : Sha256(id);
}

template <typename Response>
void PrintAsserted(const Invocation& invocation, const std::string& source,
                   const std::string& id, const Response& response,
                   const std::string& result) {
  PrintLinkResult(source, id, response.position(),
                  response.retracted()  ? "not in force"
                  : response.repeated() ? "was known already"
                  : response.inert()    ? "inert"
                                        : result,
                  invocation.out());
  if (response.inert()) PrintInertWarning(1, invocation.err());
  if (response.retracted()) {
    invocation.err() << "Warning: this id was taken back and never revives, so "
                        "that nobody is bound. If it is true after all, say it "
                        "again with another --id.\n";
  }
}

absl::StatusOr<int> RunLink(const Invocation& invocation,
                            const AssertOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  v1::LinkRequest request;
  request.set_tenant_id(settings->tenant);
  const auto from = ParseSubject(options.first);
  if (!from.ok()) return from.status();
  const auto to = ParseSubject(options.second);
  if (!to.ok()) return to.status();
  *request.mutable_from() = *from;
  *request.mutable_to() = *to;
  absl::Status status = SetInstant(invocation, "--valid-from", options.instant,
                                   request.mutable_valid_from());
  if (!status.ok()) return status;
  request.set_source(options.source);
  request.set_link_id(IdOf(options, "/", request.valid_from()));
  request.set_reason(options.reason);
  request.set_actor(ActorOf(invocation, options.actor));
  const auto response = Call<v1::IdentityService>(
      *settings, &v1::IdentityService::StubInterface::Link, request);
  if (!response.ok()) return response.status();
  if (PrintJson(invocation, settings->format, *response)) return kExitOk;
  PrintAsserted(invocation, request.source(), request.link_id(), *response,
                absl::StrCat("linked from ",
                             ShortInstant(request.valid_from(), true), " on"));
  return kExitOk;
}

absl::StatusOr<std::string> ParseAccount(const std::string& text) {
  const auto subject = ParseSubject(text);
  if (!subject.ok()) return subject.status();
  if (subject->type() == v1::SUBJECT_TYPE_ACCOUNT) return subject->id();
  return UsageError(absl::StrCat(
      "\"", text,
      "\" is no account; only accounts are merged, write account:ID. To say "
      "whom a visitor or contact belongs to, see `journeyctl identity link`"));
}

absl::StatusOr<int> RunMerge(const Invocation& invocation,
                             const AssertOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  v1::MergeRequest request;
  request.set_tenant_id(settings->tenant);
  const auto account = ParseAccount(options.first);
  if (!account.ok()) return account.status();
  const auto other = ParseAccount(options.second);
  if (!other.ok()) return other.status();
  request.set_account_id(*account);
  request.set_other_account_id(*other);
  absl::Status status = SetInstant(invocation, "--occurred-at", options.instant,
                                   request.mutable_occurred_at());
  if (!status.ok()) return status;
  request.set_source(options.source);
  request.set_merge_id(IdOf(options, "=", request.occurred_at()));
  request.set_reason(options.reason);
  request.set_actor(ActorOf(invocation, options.actor));
  const auto response = Call<v1::IdentityService>(
      *settings, &v1::IdentityService::StubInterface::Merge, request);
  if (!response.ok()) return response.status();
  if (PrintJson(invocation, settings->format, *response)) return kExitOk;
  PrintAsserted(invocation, request.source(), request.merge_id(), *response,
                "merged");
  return kExitOk;
}

void AddAsserting(CLI::App& command, Invocation& invocation,
                  const std::shared_ptr<AssertOptions>& options,
                  const char* instant_name, const char* instant_description,
                  absl::StatusOr<int> (*run)(const Invocation&,
                                             const AssertOptions&)) {
  command.add_option("--source", options->source, "Default: journeyctl")
      ->type_name("SOURCE");
  command.add_option("--id", options->id, "Default: made of subjects and time")
      ->type_name("ID");
  command.add_option(instant_name, options->instant, instant_description)
      ->type_name("INSTANT");
  AddReasonAndActorOptions(command, options->reason, options->actor);
  OnRun(command, invocation, options, run);
}

void AddLink(CLI::App& group, Invocation& invocation) {
  CLI::App* command = AddCommand(
      group, "link", "Say whom a visitor or contact belongs to",
      "  journeyctl identity link visitor:V1 contact:C2\n"
      "  journeyctl identity link contact:C2 account:A3 --valid-from "
      "2025-03-01\n"
      "The first link holds before its time as well. Take it back with\n"
      "`journeyctl identity unlink SOURCE ID`.");
  auto options = std::make_shared<AssertOptions>();
  command->add_option("from", options->first, "visitor:ID or contact:ID")
      ->required()
      ->type_name("SUBJECT");
  command->add_option("to", options->second, "contact:ID or account:ID")
      ->required()
      ->type_name("SUBJECT");
  AddAsserting(*command, invocation, options, "--valid-from",
               "From when on; default: now", RunLink);
}

void AddMerge(CLI::App& group, Invocation& invocation) {
  CLI::App* command = AddCommand(
      group, "merge", "Say that two accounts are the same",
      "  journeyctl identity merge account:A3 account:A4 --reason duplicate\n"
      "It holds at all times. Take it back with `journeyctl identity unmerge\n"
      "SOURCE ID`.");
  auto options = std::make_shared<AssertOptions>();
  command->add_option("account", options->first, "account:ID")
      ->required()
      ->type_name("SUBJECT");
  command->add_option("other", options->second, "account:ID")
      ->required()
      ->type_name("SUBJECT");
  AddAsserting(*command, invocation, options, "--occurred-at",
               "When that was found; default: now", RunMerge);
}

}  // namespace

void AddIdentityCommands(CLI::App& root, Invocation& invocation) {
  CLI::App* group =
      AddCommand(root, "identity", "Say and show who belongs together",
                 "  journeyctl identity link visitor:V1 contact:C2\n"
                 "  journeyctl identity resolve visitor:V1");
  group->require_subcommand(1);
  AddLink(*group, invocation);
  AddMerge(*group, invocation);
  AddIdentityWithdrawCommands(*group, invocation);
  AddIdentityResolveCommand(*group, invocation);
}

}  // namespace journey::cli
