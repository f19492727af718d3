// `journeyctl identity unlink|unmerge`.
#include <memory>
#include <string>

#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/render.h"
#include "cli/text.h"

namespace journey::cli {
namespace {

struct WithdrawOptions {
  std::string source;
  std::string id;
  std::string reason;
  std::string actor;
};

// What Unlink and Unmerge have in common. `set_id` is the setter of the id.
template <typename Request, typename Response>
absl::StatusOr<int> Withdraw(
    const Invocation& invocation, const WithdrawOptions& options,
    void (*set_id)(Request&, const std::string&),
    grpc::Status (v1::IdentityService::StubInterface::*method)(
        grpc::ClientContext*, const Request&, Response*)) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  Request request;
  request.set_tenant_id(settings->tenant);
  request.set_source(options.source);
  set_id(request, options.id);
  request.set_reason(options.reason);
  request.set_actor(ActorOf(invocation, options.actor));
  return AskOne<v1::IdentityService>(
      invocation, *settings, method, request, [&](const Response& response) {
        const char* outcome = response.waiting()    ? kWaiting
                              : response.repeated() ? "was taken back before"
                                                    : "taken back";
        PrintLinkResult(options.source, options.id, response.position(),
                        outcome, invocation.out());
      });
}

absl::StatusOr<int> RunUnlink(const Invocation& invocation,
                              const WithdrawOptions& options) {
  return Withdraw<v1::UnlinkRequest>(
      invocation, options,
      [](v1::UnlinkRequest& request, const std::string& id) {
        request.set_link_id(id);
      },
      &v1::IdentityService::StubInterface::Unlink);
}

absl::StatusOr<int> RunUnmerge(const Invocation& invocation,
                               const WithdrawOptions& options) {
  return Withdraw<v1::UnmergeRequest>(
      invocation, options,
      [](v1::UnmergeRequest& request, const std::string& id) {
        request.set_merge_id(id);
      },
      &v1::IdentityService::StubInterface::Unmerge);
}

void AddWithdrawing(CLI::App& group, Invocation& invocation, const char* name,
                    const char* description, const char* examples,
                    absl::StatusOr<int> (*run)(const Invocation&,
                                               const WithdrawOptions&)) {
  CLI::App* command = AddCommand(group, name, description, examples);
  auto options = std::make_shared<WithdrawOptions>();
  command->add_option("source", options->source, "Its source")
      ->required()
      ->type_name("SOURCE");
  command->add_option("id", options->id, "Its id")->required()->type_name("ID");
  AddReasonAndActorOptions(*command, options->reason, options->actor);
  OnRun(*command, invocation, options, run);
}

}  // namespace

void AddIdentityWithdrawCommands(CLI::App& group, Invocation& invocation) {
  AddWithdrawing(
      group, invocation, "unlink", "Take back a link",
      "  journeyctl identity unlink crm L-17 --reason \"wrong person\"\n"
      "A link that another touchpoint asserts goes with that touchpoint: see\n"
      "`journeyctl retract`.",
      RunUnlink);
  AddWithdrawing(group, invocation, "unmerge", "Take back a merge",
                 "  journeyctl identity unmerge crm M-4\n"
                 "The accounts stay together while other merges join them.",
                 RunUnmerge);
}

}  // namespace journey::cli
