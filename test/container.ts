import { existsSync } from 'node:fs';

/** Can a container of this image be started here? Asked of the engine: trying to pull an image takes long where there is no registry. */
export const imageIsHere = async (image: string): Promise<boolean> => {
  const engine = process.env.DOCKER_HOST || existsSync('/var/run/docker.sock');
  if (!engine || process.env.TC_OFF) return false;
  const { getContainerRuntimeClient, ImageName } = await import('testcontainers');
  try {
    const client = await getContainerRuntimeClient();
    return await client.image.exists(ImageName.fromString(image));
  } catch {
    return false;
  }
};
